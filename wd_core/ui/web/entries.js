// What a view's module exports: mount, which needs no framework, and Streamlit's entry.

// mount(root, bytes) draws `bytes` into `root`; onRelease(position) is called when the hand lets go.
export const mounter = (View) => (root, bytes, options = {}) => {
  const view = new View(root, options);
  const ready = view.update(bytes, options.position);
  return { ready, update: (data, position) => view.update(data, position), destroy: () => view.destroy(), view };
};

// The address always says what is seen.
function writeAddress(view) {
  const query = view.destroyed || !view.root.isConnected ? null : view.address();
  if (query) history.replaceState(history.state, "", `${location.pathname}?${query.filter(Boolean).join("&")}${location.hash}`);
}

export function component(mount) {
  const instances = new WeakMap();
  // Streamlit runs this again at every change of data or theme, with the same parentElement. One view lives for each of them.
  const run = ({ data, parentElement, setStateValue }) => {
    let instance = instances.get(parentElement);
    let ready;
    if (!instance || instance.view.destroyed) {
      instance = mount(parentElement, data);
      instances.set(parentElement, instance);
      ready = instance.ready;
    } else ready = instance.update(data);
    const { view } = instance;
    ready.then(() => writeAddress(view));
    view.onRelease = (position) => { // anew at each run: an older setter may belong to a past one
      writeAddress(view);
      setStateValue("position", position);
    };
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
