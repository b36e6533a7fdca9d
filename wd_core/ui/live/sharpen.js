// How fine a field is: coarse under the hand, within a frame's time; as fine as the screen when it rests.

import { fieldOfSize } from "./field.js";

const UNDER_HAND = 5; // milliseconds a frame for all fields
const REST = 40; // milliseconds without motion that count as rest
const SLICE = 7; // milliseconds of work before the page may breathe
const MOST_WORK = 1.5e8; // multiply-adds of all fields at rest: about a tenth of a second
const CELLS = [1, 1.5, 2, 3, 4, 6, 8]; // pixels from point to point

// The smallest cell with which all fields take no longer than `limit`, `cost` being what they take with cells of one pixel.
export const cellFor = (cost, limit) => CELLS.find((cell) => cost / (cell * cell) <= limit) ?? CELLS.at(-1);

export class Sharpener {
  constructor(view) {
    this.view = view;
    this.pace = 1e-6; // milliseconds a multiply-add, as measured last
    this.channel = new MessageChannel();
    this.channel.port1.onmessage = () => this.slice();
  }

  boundaries() {
    const curve = this.view.cube.task === "regression1d"; // a line, not a field, unless a unit is looked at
    return this.view.panels.map((panel) => panel.boundary).filter((boundary) => boundary.source && (!curve || boundary.unit));
  }

  // What all fields cost with a point a pixel.
  cost() {
    return this.boundaries().reduce((sum, { box, source }) => sum + box.w * box.h * source.work, 0);
  }

  fieldFor(boundary, cell) {
    const { box, source } = boundary;
    const count = (length) => Math.max(2, Math.round(length / cell) + 1);
    return fieldOfSize(boundary.shelf, count(box.w), count(box.h), source.channels);
  }

  // The fields for what is shown now, as fine as time allows.
  now(l, k) {
    this.stop();
    const cost = this.cost();
    const fine = (this.fine = cellFor(cost, MOST_WORK));
    const cell = Math.max(fine, cellFor(cost * this.pace, UNDER_HAND));
    const start = performance.now();
    for (const boundary of this.boundaries()) {
      boundary.field = this.fieldFor(boundary, cell);
      boundary.source.bind(l, k).fill(boundary.field, 0, boundary.field.rows);
    }
    const took = performance.now() - start, work = cost / (cell * cell);
    if (work > 1e5) this.pace += 0.3 * (Math.min(took / work, 1e-5) - this.pace);
    this.view.root.dataset.sharp = String(cell === fine);
    if (cell > fine) this.timer = setTimeout(() => this.begin(l, k), REST);
  }

  begin(l, k) {
    this.jobs = this.boundaries().map((boundary) => ({ boundary, field: this.fieldFor(boundary, this.fine), row: 0 }));
    for (const { boundary } of this.jobs) boundary.source.bind(l, k);
    this.slice();
  }

  slice() {
    if (!this.jobs) return;
    const end = performance.now() + SLICE;
    for (const job of this.jobs) {
      while (job.row < job.field.rows) {
        job.boundary.source.fill(job.field, job.row, Math.min(job.field.rows, (job.row += 4)));
        if (performance.now() > end) return void this.channel.port2.postMessage(0);
      }
    }
    for (const { boundary, field } of this.jobs) boundary.field = field;
    this.jobs = null;
    this.view.sharpened();
  }

  stop() {
    clearTimeout(this.timer);
    this.jobs = null;
  }
}
