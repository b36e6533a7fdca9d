// Short texts, some of them flagged. They may be a visitor's: text nodes alone.

import { element } from "../web/dom.js";

export const Words = {
  draw(view, panel, state) {
    panel.list.replaceChildren(...panel.items[panel.place(state)].map(([text, flagged]) => {
      const item = element("li", flagged ? "wdl-flagged" : "", {}, text);
      if (flagged && panel.flag_name) item.append(element("span", "wdl-hidden", {}, `, ${panel.flag_name}`));
      return item;
    }));
  },
};
