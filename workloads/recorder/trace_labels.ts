/** What a recording cannot know by itself. */
export interface TraceLabels {
  name: string;
  program: string;
  command: string;
  method: string;
}
