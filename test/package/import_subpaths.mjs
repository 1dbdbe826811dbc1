// Imports the subpaths given as arguments and prints, as JSON, the names that each exports. Run it in a folder where
// the package is installed.

/** @type {Record<string, string[]>} */
const names = {};
for (const subpath of process.argv.slice(2)) names[subpath] = Object.keys(await import(subpath));
process.stdout.write(JSON.stringify(names));
