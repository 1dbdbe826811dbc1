#!/usr/bin/env node
import { createProgram } from "./program.ts";
import { start } from "./start.ts";

await start(createProgram());
