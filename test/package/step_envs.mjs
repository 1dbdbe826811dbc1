// Steps environments of the installed package and prints, as JSON, what it took. Arguments are names of environments;
// without any, it steps every environment. Run it in a folder where the package is installed.

const start = performance.now();
const { registry } = await import("ring0-gym/envs");
const importMs = performance.now() - start;
const { randomStream, sampleAction } = await import("ring0-gym/gym");

const given = process.argv.slice(2);
const stepped = given.length > 0 ? given : registry.list().map(({ alias }) => alias);
for (const name of stepped) {
  const env = registry.make(name);
  const random = randomStream(1, "package/actions");
  const [workload] = env.spec.workloads;
  env.reset({ seed: 1, options: workload === undefined ? {} : { workload: workload.name } });
  for (let i = 0; i < 3; i++) {
    const { terminated, truncated } = env.step(sampleAction(env, random));
    if (terminated || truncated) break;
  }
  env.close();
}
process.stdout.write(
  JSON.stringify({
    stepped,
    importMs: Math.round(importMs),
    ms: Math.round(performance.now()),
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
  }),
);
