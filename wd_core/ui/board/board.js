// The board as a module: mount(root, bytes), and Streamlit's component.

import { component, mounter } from "../web/entries.js";
import { BoardView } from "./board_view.js";

export const mount = mounter(BoardView);
export default component(mount);
