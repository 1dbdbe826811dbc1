import type { Mix } from "./mix.ts";

// Source of all figures: choice, after the mixes of DISB and the mixes in which policies differ most. Families of
// different splits have no kernel profile in common, and no arrival process but Poisson's.

const VISION = ["vgg19", "resnet152", "resnet50", "mobilenetv1"];
const SHORT_JOBS = ["llm-small-decode", "mobilenetv1"];
const TRAINING = ["resnet50-32-fb", "mobilenetv2-64-fb", "transformer-xl-8-fb"];
const LONG = ["gemm-training", "mobilenetv2-64-fb"];
const FORWARD = ["resnet152", "vgg19", "bert-2", "resnet50-4", "mobilenetv2-4"];

/** One periodic critical group beside one best-effort group: DISB's A, with everything drawn. */
export const lone: Mix = {
  load: [0.1, 0.5],
  critical: [{ groups: [1, 1], models: VISION, arrivals: ["periodic"] }],
  bestEffort: [{ groups: [1, 1], models: [...FORWARD, ...TRAINING] }],
};

/** The same beside four or five best-effort groups: DISB's C. */
export const loneCrowded: Mix = {
  load: [0.1, 0.5],
  critical: [{ groups: [1, 1], models: VISION, arrivals: ["periodic"] }],
  bestEffort: [{ groups: [4, 5], models: FORWARD }],
};

/** Two or three periodic groups with different periods. */
export const pairPeriodic: Mix = {
  load: [0.2, 0.65],
  critical: [{ groups: [2, 3], models: VISION, arrivals: ["periodic"], requestUs: [500, 4500] }],
  bestEffort: [{ groups: [1, 3], models: [...TRAINING, ...FORWARD] }],
};

/** The same with Poisson arrivals. */
export const pairPoisson: Mix = {
  load: [0.2, 0.6],
  critical: [{ groups: [2, 3], models: VISION, arrivals: ["poisson"], requestUs: [500, 4500] }],
  bestEffort: [{ groups: [1, 3], models: [...TRAINING, ...FORWARD] }],
};

/** A periodic group with long requests, and groups with short requests and Poisson arrivals. */
export const pairMixed: Mix = {
  load: [0.2, 0.65],
  critical: [
    { groups: [1, 1], models: VISION, arrivals: ["periodic"], requestUs: [2500, 8000] },
    { groups: [1, 2], models: SHORT_JOBS, arrivals: ["poisson"], requestUs: [400, 1200] },
  ],
  bestEffort: [{ groups: [1, 3], models: [...TRAINING, ...LONG] }],
};

/** Best-effort kernels of milliseconds; most groups cannot be preempted inside a kernel. */
export const longKernels: Mix = {
  load: [0.15, 0.55],
  critical: [{ groups: [1, 3], models: VISION, arrivals: ["periodic", "poisson"], requestUs: [500, 4000] }],
  bestEffort: [{ groups: [1, 2], models: LONG, instructionPreemption: 0.3 }],
};

/** The same with more groups, and kernels of all lengths. */
export const longKernelsCrowd: Mix = {
  load: [0.2, 0.6],
  critical: [{ groups: [2, 4], models: VISION, arrivals: ["periodic", "poisson"], requestUs: [500, 3000] }],
  bestEffort: [
    { groups: [1, 2], models: LONG, instructionPreemption: 0.3 },
    { groups: [1, 2], models: FORWARD, instructionPreemption: 0.8 },
  ],
};

/** Decode steps of 0.5 to 1 ms at a high rate. */
export const decode: Mix = {
  load: [0.2, 0.6],
  critical: [
    { groups: [1, 2], models: ["llm-small-decode"], arrivals: ["periodic", "poisson"], requestUs: [500, 1000] },
  ],
  bestEffort: [{ groups: [1, 2], models: [...TRAINING, ...FORWARD] }],
};

/** The same beside long kernels. */
export const decodeLong: Mix = {
  load: [0.2, 0.6],
  critical: [
    { groups: [1, 2], models: ["llm-small-decode"], arrivals: ["periodic", "poisson"], requestUs: [500, 1000] },
  ],
  bestEffort: [{ groups: [1, 3], models: [...LONG, ...TRAINING], instructionPreemption: 0.4 }],
};

/** Prompts of a chat service, read by a small language model. */
export const llmConv: Mix = {
  load: [0.15, 0.5],
  critical: [{ groups: [1, 2], models: ["llm-small-prefill"], arrivals: ["azure-conv"], requestUs: [800, 3000] }],
  bestEffort: [{ groups: [1, 3], models: [...TRAINING, ...FORWARD] }],
};

/** The same, with decode steps at a fixed rate as a second critical group. */
export const llmConvPair: Mix = {
  load: [0.2, 0.6],
  critical: [
    { groups: [1, 2], models: ["llm-small-prefill"], arrivals: ["azure-conv"], requestUs: [800, 3000] },
    { groups: [1, 1], models: ["llm-small-decode"], arrivals: ["periodic"], requestUs: [500, 1000] },
  ],
  bestEffort: [{ groups: [1, 2], models: [...TRAINING, ...LONG] }],
};

/** Four or five periodic groups beside two to five best-effort groups: DISB's D, made up. */
export const crowd: Mix = {
  load: [0.3, 0.7],
  critical: [{ groups: [4, 5], models: VISION, arrivals: ["periodic"], requestUs: [700, 6000] }],
  bestEffort: [{ groups: [2, 5], models: [...FORWARD, ...TRAINING] }],
};

/** The same with staggered periods, and other groups with Poisson arrivals. */
export const crowdStaggered: Mix = {
  load: [0.3, 0.7],
  critical: [
    { groups: [2, 3], models: VISION, arrivals: ["periodic"], requestUs: [700, 6000], phases: "staggered" },
    { groups: [1, 2], models: VISION, arrivals: ["poisson"], requestUs: [700, 4000] },
  ],
  bestEffort: [{ groups: [2, 4], models: [...FORWARD, ...TRAINING] }],
};

/** Best-effort kernels of about 8 us: waiting for their ends is cheaper than saving their state. */
export const shortKernels: Mix = {
  load: [0.2, 0.6],
  critical: [{ groups: [1, 3], models: VISION, arrivals: ["periodic", "poisson"], requestUs: [500, 4000] }],
  bestEffort: [{ groups: [1, 3], models: ["mobilenetv2-4", "llm-small-decode", "mobilenetv1"] }],
};

/** Best-effort groups with arrivals of their own, which leave gaps. */
export const openEffort: Mix = {
  load: [0.2, 0.6],
  critical: [{ groups: [2, 3], models: VISION, arrivals: ["periodic", "poisson"], requestUs: [500, 4000] }],
  bestEffort: [{ groups: [2, 4], models: ["resnet152", "bert-2", "gemm-training", "resnet50-4"], openLoop: 0.7 }],
};

const VALIDATION_MODELS = ["inceptionv3", "resnet101-4", "speech"];

/** A rate that rises and falls. */
export const wave: Mix = {
  load: [0.2, 0.55],
  critical: [{ groups: [2, 3], models: VALIDATION_MODELS, arrivals: ["wave"], requestUs: [500, 4500] }],
  bestEffort: [{ groups: [1, 3], models: ["resnet101-32-fb", "transformer-xl-4"] }],
};

/** Gaps that are more regular than Poisson's. */
export const regular: Mix = {
  load: [0.2, 0.65],
  critical: [
    { groups: [1, 2], models: VALIDATION_MODELS, arrivals: ["erlang"], requestUs: [1500, 6000] },
    { groups: [1, 2], models: ["speech"], arrivals: ["erlang"], requestUs: [500, 1200] },
  ],
  bestEffort: [{ groups: [1, 4], models: ["resnet101-32-fb", "transformer-xl-4", "inceptionv3"] }],
};

/** A few LLM agents with irregular steps, beside one long prompt at a time as best effort. */
export const llmAgents: Mix = {
  load: [0.2, 0.6],
  critical: [{ groups: [2, 4], models: ["llm-decode"], arrivals: ["erlang", "wave"], requestUs: [600, 2500] }],
  bestEffort: [{ groups: [1, 2], models: ["llm-prefill"], instructionPreemption: 0.7 }],
};

/** Best-effort kernels of milliseconds beside critical jobs of half a millisecond. */
export const lateTraining: Mix = {
  load: [0.15, 0.55],
  critical: [{ groups: [1, 3], models: ["speech"], arrivals: ["erlang", "wave"], requestUs: [450, 1200] }],
  bestEffort: [{ groups: [1, 2], models: ["graph-steps", "resnet101-32-fb"], instructionPreemption: 0.4 }],
};

const TEST_MODELS = ["densenet201", "distilbert", "efficientnet-4"];
const TEST_TRAINING = ["bert-8-fb", "stencil-steps", "efficientnet-4"];

/** Prompts of a programming assistant: bursts, then silence. */
export const llmCode: Mix = {
  load: [0.1, 0.4],
  critical: [
    { groups: [1, 2], models: ["llm-code-prefill"], arrivals: ["azure-code"], requestUs: [500, 2500] },
    { groups: [0, 1], models: ["distilbert"], arrivals: ["hyperexponential"] },
  ],
  bestEffort: [{ groups: [1, 3], models: TEST_TRAINING }],
};

/** Clients that are silent for some time and then send at full rate. */
export const onOff: Mix = {
  load: [0.15, 0.45],
  critical: [{ groups: [2, 4], models: [...TEST_MODELS, "recommender"], arrivals: ["on-off"], requestUs: [400, 3500] }],
  bestEffort: [{ groups: [1, 3], models: TEST_TRAINING }],
};

/** Five critical and five best-effort groups with Poisson arrivals: DISB's E, made up. */
export const poissonTen: Mix = {
  load: [0.25, 0.55],
  critical: [{ groups: [5, 5], models: ["densenet201", "distilbert", "mi50-inception"], arrivals: ["poisson"] }],
  bestEffort: [{ groups: [5, 5], models: ["densenet201", "distilbert", "efficientnet-4"] }],
};

/** Cameras whose frames are due at the same time; some are late and some are missing. */
export const cameras: Mix = {
  load: [0.2, 0.65],
  critical: [
    {
      groups: [3, 5],
      models: ["mi50-mobilenet", "mi50-inception", "mi50-densenet"],
      arrivals: ["frames"],
      requestUs: [800, 5000],
      phases: "together",
    },
  ],
  bestEffort: [{ groups: [1, 3], models: ["mi50-alexnet", "stencil-steps"], instructionPreemption: 0.5 }],
};

/** Rates that jump: every 60 ms, other groups are busy. */
export const steps: Mix = {
  load: [0.2, 0.5],
  critical: [{ groups: [2, 4], models: TEST_MODELS, arrivals: ["steps"], requestUs: [500, 3500] }],
  bestEffort: [{ groups: [1, 3], models: TEST_TRAINING, openLoop: 0.3 }],
};

/** Unrelated tenants: every client has another model and other arrivals, some without instruction-level preemption. */
export const tenants: Mix = {
  load: [0.25, 0.6],
  critical: [
    {
      groups: [3, 5],
      models: [...TEST_MODELS, "recommender", "mi50-mobilenet"],
      arrivals: ["hyperexponential", "frames", "steps", "poisson"],
      requestUs: [400, 6000],
      instructionPreemption: 0.8,
    },
  ],
  bestEffort: [{ groups: [2, 5], models: [...TEST_TRAINING, "mi50-alexnet", "distilbert"], openLoop: 0.3 }],
};
