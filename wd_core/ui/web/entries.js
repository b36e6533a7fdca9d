// What a view's module exports: mount, which needs no framework, and Streamlit's entry.

// mount(root, bytes) draws `bytes` into `root`; onRelease(position) is called when the hand lets go.
export const mounter = (View) => (root, bytes, options = {}) => {
  const view = new View(root, options);
  const ready = view.update(bytes, options.position);
  return { ready, update: (data, position) => view.update(data, position), destroy: () => view.destroy(), view };
};

// An address without what the hand moves, what is Streamlit's own and what a teacher's link adds: the settings alone.
const HAND = /^(at|step|reveal|keep|cover|say|present|embed[^=]*)=/;
export const settingsOf = (search) => search.replace(/^\?/, "").split("&").filter((part) => part && !HAND.test(part)).join("&");

// The address always says what is seen. A change of settings is an entry of the history, a drag is not.
class Address {
  constructor(view) {
    this.view = view;
    this.left = null; // settings that Back or Forward has left, until others arrive
    this.written = false;
  }

  write() {
    const { view } = this;
    const query = view.destroyed || !view.root.isConnected ? null : view.address();
    if (!query) return;
    const text = query.filter(Boolean).join("&"), settings = settingsOf(text);
    if (this.left === settings) return;
    const isNew = this.written && this.left === null && settings !== settingsOf(location.search);
    history[isNew ? "pushState" : "replaceState"](history.state, "", `${location.pathname}?${text}${location.hash}`);
    this.left = null;
    this.written = true;
  }

  // Back or Forward: what the address says now is asked for, unless it is what is seen.
  popped() {
    const { view } = this;
    const query = view.destroyed || !view.root.isConnected ? null : view.address();
    if (!query) return;
    const seen = settingsOf(query.filter(Boolean).join("&"));
    if (settingsOf(location.search) === seen) this.left = null;
    else {
      this.left = seen;
      view.onBack?.(location.search.replace(/^\?/, ""));
    }
  }
}

export function component(mount) {
  const instances = new WeakMap();
  // Streamlit runs this again at every change of data or theme, with the same parentElement. One view lives for each of them.
  const run = ({ data, parentElement, setStateValue, setTriggerValue }) => {
    let instance = instances.get(parentElement);
    let ready;
    if (!instance || instance.view.destroyed) {
      instance = mount(parentElement, data);
      instance.address = new Address(instance.view);
      window.addEventListener("popstate", () => instance.address.popped(), { signal: instance.view.abort.signal });
      instances.set(parentElement, instance);
      ready = instance.ready;
    } else ready = instance.update(data);
    const { view, address } = instance;
    ready.then(() => address.write());
    view.onRelease = (position) => { // anew at each run: an older setter may belong to a past one
      address.write();
      setStateValue("position", position);
    };
    view.onBack = (query) => setTriggerValue("back", query);
    view.onDraw = (points) => setTriggerValue("points", points);
    // A run that was overtaken while loading is cleaned up late, when a newer one already owns the view; only a view that has
    // left the page is taken down.
    return () => setTimeout(() => {
      if (instance.view.root.isConnected) return;
      instance.destroy();
      if (instances.get(parentElement) === instance) instances.delete(parentElement);
    }, 0);
  };
  return run;
}
