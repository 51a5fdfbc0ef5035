/**
 * On every page but the booth's, which brings the same in its own file: the reader's own time beside UTC.
 * @module
 */

import { showLocalTimes } from "./local_times.js";
import { browsersZone } from "./zone.js";

showLocalTimes(document, browsersZone("en-GB"));
