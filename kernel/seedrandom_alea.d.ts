/** The one generator of seedrandom that streams use. The package's own types describe only its index. */
declare module "seedrandom/lib/alea.js" {
  import type seedrandom from "seedrandom";

  const alea: typeof seedrandom.alea;
  export default alea;
}
