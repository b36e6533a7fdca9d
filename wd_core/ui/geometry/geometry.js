// The geometry's view as a module: mount(root, bytes), and Streamlit's component.

import { component, mounter } from "../web/entries.js";
import { GeometryView } from "./geometry_view.js";

export const mount = mounter(GeometryView);
export default component(mount);
