/** Whether `npm run test:force` runs, which tries much more than `npm test`. */
export const FORCE = process.env.RING0_FORCE === "1";
