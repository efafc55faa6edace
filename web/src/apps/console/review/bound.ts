/**
 * The upper bound of a share at 95 % confidence (one-sided Clopper-Pearson), of `hits` in `n`.
 *
 * Nothing found in 300 leaves at most 1 %; the bound is where so few hits would be a chance of one in twenty.
 */
export function bound(hits: number, n: number): number {
  if (hits >= n) return 1;
  let low = hits / n;
  let high = 1;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (atMost(hits, n, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** The chance of at most `hits` in `n` where each is hit with probability `p`. */
function atMost(hits: number, n: number, p: number): number {
  let log = n * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 1; k <= hits; k += 1) {
    log += Math.log((n - k + 1) / k) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(log);
  }
  return sum;
}
