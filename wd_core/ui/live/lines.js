// Lines through a field: where a score passes a level, and where the winning class changes.


// On every grid edge between two winners the line crosses where their scores are equal, as straight as the scores are; in
// every cell the crossings are joined, three or more at their centre.
export function strokeDecisionLine(ctx, field, box) {
  const { columns, rows, scores, top } = field;
  const size = columns * rows;
  const sx = box.w / (columns - 1), sy = box.h / (rows - 1);
  const xs = [0, 0, 0, 0], ys = [0, 0, 0, 0];
  let n = 0;
  const cross = (i, k, x, y, dx, dy) => {
    const a = top[i] * size, b = top[k] * size;
    const before = scores[a + i] - scores[b + i], after = scores[b + k] - scores[a + k];
    const t = before + after > 0 ? before / (before + after) : 0.5;
    xs[n] = box.x + (x + dx * t) * sx;
    ys[n++] = box.y + box.h - (y + dy * t) * sy;
  };
  ctx.beginPath();
  for (let r = 0; r < rows - 1; r++) {
    for (let c = 0, j = r * columns; c < columns - 1; c++, j++) {
      const a = top[j], b = top[j + 1], d = top[j + columns], e = top[j + columns + 1];
      if (a === b && a === d && a === e) continue;
      n = 0;
      if (a !== b) cross(j, j + 1, c, r, 1, 0);
      if (b !== e) cross(j + 1, j + columns + 1, c + 1, r, 0, 1);
      if (d !== e) cross(j + columns, j + columns + 1, c, r + 1, 1, 0);
      if (a !== d) cross(j, j + columns, c, r, 0, 1);
      if (n === 2) {
        ctx.moveTo(xs[0], ys[0]);
        ctx.lineTo(xs[1], ys[1]);
        continue;
      }
      let mx = 0, my = 0;
      for (let i = 0; i < n; i++) [mx, my] = [mx + xs[i] / n, my + ys[i] / n];
      for (let i = 0; i < n; i++) {
        ctx.moveTo(mx, my);
        ctx.lineTo(xs[i], ys[i]);
      }
    }
  }
  ctx.stroke();
}

// Contours of the one score at `levels` (ascending), all in one pass over the cells.
export function strokeContours(ctx, field, levels, box) {
  const { columns, rows, scores } = field;
  const sx = box.w / (columns - 1), sy = box.h / (rows - 1);
  ctx.beginPath();
  for (let r = 0; r < rows - 1; r++) {
    for (let c = 0, j = r * columns; c < columns - 1; c++, j++) {
      const a = scores[j], b = scores[j + 1], d = scores[j + columns], e = scores[j + columns + 1];
      const low = Math.min(a, b, d, e), high = Math.max(a, b, d, e);
      for (const level of levels) {
        if (level >= high) break;
        if (level < low) continue;
        let n = 0;
        const cross = (v, w, x, y, dx, dy) => {
          if (v <= level === w <= level) return;
          const t = (level - v) / (w - v);
          const px = box.x + (x + dx * t) * sx, py = box.y + box.h - (y + dy * t) * sy;
          if (n++ % 2) ctx.lineTo(px, py);
          else ctx.moveTo(px, py);
        };
        cross(a, b, c, r, 1, 0);
        cross(b, e, c + 1, r, 0, 1);
        cross(d, e, c, r + 1, 1, 0);
        cross(a, d, c, r, 0, 1);
      }
    }
  }
  ctx.stroke();
}
