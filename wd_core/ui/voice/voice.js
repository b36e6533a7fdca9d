// Where a page's words change while one stays on it: the keyboard starts at what is new, and who listens hears it.

const UNSEEN = "position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)";
let before = null; // what this tab was told last

// The last of the headings above what the page asks or lists.
function heading() {
  const all = document.querySelectorAll("[data-testid=stMain] :is(h1, h2)");
  return all[all.length - 1];
}

export default ({ data, parentElement }) => {
  const { place, say } = data;
  let live = parentElement.querySelector("p");
  if (!live) {
    live = document.createElement("p");
    live.setAttribute("aria-live", "polite");
    live.setAttribute("style", UNSEEN);
    parentElement.append(live);
  }
  const first = before === null, moved = !first && before.place !== place, told = !first && before.say !== say;
  before = { place, say };
  if (!moved && !told) return;
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  const to = heading();
  if (to && (moved || !say)) {
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
  }
  live.textContent = moved ? "" : say;
};
