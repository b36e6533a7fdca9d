// A presenter's board, one screen at a time: the first row stays if one drags in it; those below it come in turn, by the
// keys of a remote control or by button.

import { element, setAttribute } from "../web/dom.js";

const GAP = 12; // pixels between rows
const LEAST = 0.4; // of its height: no smaller does a panel get

// Things with a share of the width each, in rows as a wrapping line lays them out.
export function rowsOf(things, shareOf) {
  const rows = [];
  let room = 0;
  for (const thing of things) {
    if (!rows.length || shareOf(thing) > room + 0.01) {
      rows.push([]);
      room = 1;
    }
    rows.at(-1).push(thing);
    room -= shareOf(thing);
  }
  return rows;
}

// The heights of each row's things and those of their titles, in pixels → the rows of each screen, and the share of its
// height that everything keeps; a title keeps all of its. The first `stay` rows, one or none, are on every screen.
export function screensOf(heights, room, stay = 1, titles = heights.map(() => 0)) {
  const things = heights.map((row, r) => [row].flat().map((height, i) => ({ height, title: [titles[r]].flat()[i] })));
  const high = (r, scale) => Math.max(...things[r].map(({ title, height }) => title + scale * height)) + GAP, kept = (scale) => (stay ? high(0, scale) : 0);
  const above = stay ? things[0].map(({ title, height }) => ({ height, title: title + GAP })) : [{ height: 0, title: 0 }];
  const fit = (a, b) => (a.height + b.height ? (room - a.title - b.title - GAP) / (a.height + b.height) : 1);
  const fits = things.flatMap((row, r) => (stay && !r ? [] : row.flatMap((thing) => above.map((its) => fit(its, thing)))));
  const scale = Math.max(LEAST, Math.min(1, ...fits)), screens = [];
  let free = 0;
  heights.forEach((_, r) => {
    if (r < stay) return;
    if (!screens.length || high(r, scale) > free + 1) {
      screens.push(stay ? [0] : []);
      free = room - kept(scale);
    }
    screens.at(-1).push(r);
    free -= high(r, scale);
  });
  return { screens: screens.length ? screens : [[0]], scale };
}

export class Presenter {
  constructor(view) {
    this.view = view;
    this.screen = 0;
    this.count = 1;
    const button = (label, text, direction) => {
      const node = element("button", "wdl-button wdl-tab", { type: "button", "aria-label": label, title: label }, text);
      node.addEventListener("click", () => this.go(direction));
      return node;
    };
    this.said = element("span", "", { role: "status" });
    this.buttons = [button("Pictures before", "‹", -1), button("Next pictures", "›", 1)];
    this.root = element("div", "wdl-screens", { hidden: "" }, this.buttons[0], this.said, this.buttons[1]);
    globalThis.addEventListener?.("wdl-step", (event) => this.answer(event), { signal: view.abort.signal });
  }

  // What stands above may come later, or go.
  watch() {
    const above = !this.observer && document.querySelector("[data-testid=stMainBlockContainer]");
    if (!above) return;
    this.observer = new ResizeObserver(() => this.view.layout && Math.abs(this.room() - this.last) > 2 && this.view.relayout());
    this.observer.observe(above);
    this.view.abort.signal.addEventListener("abort", () => this.observer.disconnect());
  }

  // Of several boards the one in the middle of the screen answers; none, and the page scrolls.
  answer(event) {
    const { top, bottom } = this.view.root.getBoundingClientRect(), middle = globalThis.innerHeight / 2;
    if (event.defaultPrevented || this.root.hidden || top > middle || bottom < middle) return;
    if (this.go(event.detail)) event.preventDefault();
  }

  go(direction) {
    const next = Math.min(this.count - 1, Math.max(0, this.screen + direction));
    if (next === this.screen) return false;
    this.screen = next;
    this.view.relayout();
    return true;
  }

  // Which panels are seen, and how high: for this every panel has its width and its title.
  arrange(panels, shareOf, heightOf, titleOf) {
    this.watch();
    this.last = this.room();
    const rows = rowsOf(panels, shareOf);
    const each = (of) => rows.map((row) => row.map(of)), stay = Number(rows[0].some((panel) => panel.cursor));
    const { screens, scale } = screensOf(each(heightOf), this.last, stay, each(titleOf));
    this.count = screens.length;
    this.screen = Math.min(this.screen, this.count - 1);
    rows.forEach((row, r) => { for (const panel of row) panel.root.hidden = !screens[this.screen].includes(r); });
    this.root.hidden = this.count < 2;
    this.said.textContent = `Pictures ${this.screen + 1} of ${this.count}`;
    this.buttons.forEach((button, i) => setAttribute(button, "aria-disabled", String(this.screen === (i ? this.count - 1 : 0))));
    return scale;
  }

  // From the board's upper edge to the end of the screen; all of it for a board that begins below.
  room() {
    const scrolled = document.querySelector("[data-testid=stMain]")?.scrollTop || 0;
    const top = this.view.board.getBoundingClientRect().top + scrolled, high = globalThis.innerHeight;
    return (top < 0.8 * high ? high - top : high - GAP) - GAP;
  }

  hide() {
    this.root.hidden = true;
  }
}
