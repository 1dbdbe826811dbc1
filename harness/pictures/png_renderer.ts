import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { FONT } from "./picture.ts";

/**
 * Draws an SVG document as PNG, with twice its width and height in pixels and the fonts of the package
 * dejavu-fonts-ttf. Null if it cannot be drawn.
 */
export type PngRenderer = (svg: string) => Uint8Array | null;

/**
 * Loads the renderer. Call it before work whose results are to be drawn. A picture that cannot be drawn is a warning,
 * because the results are worth more: without the renderer's binary, an optional package, no picture is drawn.
 *
 * @param onWarning called with one line for the missing renderer, or for each picture that it refuses
 */
export async function loadPngRenderer(onWarning: (text: string) => void = () => {}): Promise<PngRenderer> {
  const loaded = await import("@resvg/resvg-js").catch((error: Error) => error);
  if (loaded instanceof Error) {
    const [reason] = loaded.message.split("\n");
    onWarning(
      `pictures are written as SVG only: the PNG renderer @resvg/resvg-js cannot be loaded (${reason}); ` +
        "npm installs it with optional dependencies",
    );
    return () => null;
  }
  const fonts = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
  return (svg) => {
    try {
      const picture = new loaded.Resvg(svg, {
        fitTo: { mode: "zoom", value: 2 },
        background: "white",
        font: {
          fontFiles: [join(fonts, "DejaVuSans.ttf"), join(fonts, "DejaVuSans-Bold.ttf")],
          loadSystemFonts: false,
          defaultFontFamily: FONT,
        },
      });
      return picture.render().asPng();
    } catch (error) {
      onWarning(`a picture is left out: ${(error as Error).message}`);
      return null;
    }
  };
}
