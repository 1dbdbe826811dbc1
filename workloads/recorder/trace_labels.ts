/** Labels of a trace that a recording cannot derive from its data. */
export interface TraceLabels {
  name: string;
  program: string;
  command: string;
  method: string;
}
