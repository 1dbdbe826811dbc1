import DefaultTheme from "vitepress/theme";
import { h } from "vue";
import families from "../../results/tiering-families.png";
import "./style.css";

const alt = "Score of the agent and of its rivals on each program of the test split of tiered memory";

/** The default theme, with a picture of results beside the title of the home page. */
export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      "home-hero-image": () => h("img", { src: families, alt, class: "hero-picture" }),
    }),
};
