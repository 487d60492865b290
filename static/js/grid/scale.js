// Numbers onto a picture: a linear scale, round ticks, and short words for large numbers.
export function scale([from, to], [start, end]) {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

/** Round numbers that hold both ends, about `count` of them. */
export function ticks(least, most, count) {
  const raw = (most - least || 1) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw);
  const first = Math.floor(least / step) * step;
  const found = [first];
  while (found.at(-1) < most - step * 1e-9) found.push(Number((found.at(-1) + step).toPrecision(12)));
  return found;
}

export function words(value) {
  const size = Math.abs(value);
  const [divisor, unit] = [[1e9, "G"], [1e6, "M"], [1e4, "k"]].find(([least]) => size >= least) ?? [1, ""];
  const by = unit === "k" ? 1e3 : divisor;
  return `${Number((value / by).toPrecision(4))}${unit}`;
}
