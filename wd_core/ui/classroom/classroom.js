// What a page knows of itself in the browser: its address as it is now, and the keys of who presents it.

const KEYS = { PageDown: 1, PageUp: -1 }; // what a presenter's remote control sends

// A lesson's buttons, or else the Lab's steps or a board's pictures; where nothing follows, the page scrolls.
function go(direction) {
  const button = document.querySelector(direction > 0 ? ".st-key-lesson-on button" : ".st-key-lesson-back button");
  if (button && !button.disabled) button.click();
  else if (!button && globalThis.dispatchEvent(new globalThis.CustomEvent("wdl-step", { detail: direction, cancelable: true }))) {
    document.querySelector("[data-testid=stMain]")?.scrollBy(0, 0.8 * direction * globalThis.innerHeight);
  }
}

export default ({ data, setStateValue }) => {
  const abort = new AbortController();
  if (data?.keys) {
    document.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      go(KEYS[event.key]);
    }, { signal: abort.signal, capture: true });
  }
  if (data?.search !== undefined && data.search !== location.search) setStateValue("search", location.search);
  return () => abort.abort();
};
