// The Lab's view as a module: mount(root, bytes), and Streamlit's component.

import { component, mounter } from "../web/entries.js";
import { LabView } from "./lab_view.js";

export const mount = mounter(LabView);
export default component(mount);
