/* Renders the formulas that the server put into a page; for pages with no script of their own. */

import { renderMathIn } from "./math.js";

renderMathIn(document);
