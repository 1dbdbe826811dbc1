import { dieWithParent } from "../../harness/run/die_with_parent.ts";

const started = dieWithParent();
started();
process.send!("ready");
// The thread that looks after the parent begins beside this work.
setTimeout(() => {
  for (;;);
}, 0);
