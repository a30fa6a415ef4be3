// ECharts, of which only these parts are taken in. It draws on canvas, and its own
// tooltips stay off: they would be HTML with styles of their own, which the page's
// policy refuses.

import { LineChart, SankeyChart, TreemapChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import { el, replace } from "./dom.js";

echarts.use([
  CanvasRenderer, GridComponent, LineChart, MarkAreaComponent, MarkLineComponent, SankeyChart,
  TreemapChart,
]);

export const FONT = '"Inter Variable", Inter, "Segoe UI", system-ui, sans-serif';

const alive = new Set();
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Say whether whoever reads the page asked for no motion. */
export function isStill() {
  return still.matches;
}

/**
 * Make a chart. It gets its size from its element, so `draw` has to wait until the
 * element is in the page.
 *
 * label: what a screen reader says of it; height in pixels
 */
export function chart(label, height, className = "") {
  const canvas = el("div", {
    class: "canvas", role: "img", "aria-label": label, style: { height: `${height}px` },
  });
  const tip = el("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const element = el("div", { class: `chart ${className}` }, canvas, tip);
  let drawn = null;
  const self = {
    element,
    get width() {
      return canvas.clientWidth;
    },
    get height() {
      return canvas.clientHeight;
    },
    /** Draw; the first time it begins the chart. */
    draw(option, { fresh = false } = {}) {
      if (!drawn) {
        drawn = echarts.init(canvas, null, { renderer: "canvas" });
        alive.add(self);
      }
      drawn.setOption(
        { textStyle: { fontFamily: FONT }, ...option, ...(still.matches ? { animation: false } : {}) },
        { notMerge: fresh },
      );
      return drawn;
    },
    get drawn() {
      return drawn;
    },
    /** Give the size of a treemap's block while it is being drawn. */
    blockSize(dataIndex) {
      const data = drawn.getModel().getSeriesByIndex(0).getData();
      return data.tree.getNodeByDataIndex(dataIndex).getLayout();
    },
    resize() {
      drawn?.resize();
      self.onResize?.();
    },
    say(text) {
      canvas.setAttribute("aria-label", text);
    },
    /** Show lines of text beside a place on the chart; nothing hides it. */
    tell(lines, x, y) {
      tip.hidden = !lines;
      if (!lines) return;
      replace(tip, lines.map((line, place) => el(place ? "div" : "strong", {}, line)));
      const left = Math.min(Math.max(x + 14, 4), Math.max(4, canvas.clientWidth - tip.offsetWidth - 4));
      const below = y + 18 + tip.offsetHeight <= canvas.clientHeight;
      tip.style.setProperty("left", `${left}px`);
      tip.style.setProperty("top", `${Math.max(4, below ? y + 18 : y - tip.offsetHeight - 10)}px`);
    },
    /** Tell what `lines(event)` gives of whatever the pointer is on. */
    tellOf(lines) {
      drawn.on("mousemove", (event) => {
        self.tell(lines(event), event.event.offsetX, event.event.offsetY);
      });
      drawn.on("mouseout", () => self.tell(null));
      drawn.on("globalout", () => self.tell(null));
    },
    /** The same for charts with an axis of periods: `lines(place)` for the nearest one. */
    tellAlong(periods, lines, grid = 0) {
      const surface = drawn.getZr();
      surface.on("mousemove", (event) => {
        const at = [event.offsetX, event.offsetY];
        const inside = drawn.containPixel({ gridIndex: grid }, at)
          || drawn.containPixel("grid", at);
        const [place] = inside ? drawn.convertFromPixel({ gridIndex: grid }, at) : [-1];
        const known = inside && place >= 0 && place < periods;
        self.tell(known ? lines(Math.round(place)) : null, ...at);
      });
      surface.on("globalout", () => self.tell(null));
    },
  };
  return self;
}

/** Let go of charts whose panel was left. */
export function forgetCharts() {
  for (const each of alive) each.drawn.dispose();
  alive.clear();
}

addEventListener("resize", () => {
  for (const each of alive) each.resize();
});

// Canvas keeps its size when the page is printed unless it is told.
for (const event of ["beforeprint", "afterprint"])
  addEventListener(event, () => {
    for (const each of alive) each.resize();
  });
