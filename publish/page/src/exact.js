// What the warehouse computes, computed again to the same digit. No DOM in here.
//
// Weights are whole millionths, points whole hundredths, scores whole ten-thousandths,
// bounds and places whole millionths. All products stay below 2^53, except between values
// of metrics: those are BigInt.

export const MILLION = 1_000_000;

/** Give a decimal text as whole units of 10^-decimals; null for null. */
export function whole(text, decimals) {
  if (text === null || text === undefined) return null;
  const [, sign, digits, fraction = ""] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(String(text));
  const kept = fraction.padEnd(decimals, "0");
  if (/[1-9]/.test(kept.slice(decimals))) throw new RangeError(`${text} has too many decimals`);
  const number = BigInt(sign + digits + kept.slice(0, decimals));
  return number >= -9007199254740991n && number <= 9007199254740991n ? Number(number) : number;
}

/** Give the score: the weighted mean of the points that there are, rounded half up. */
export function weightedScore(points, weights) {
  let sum = 0;
  let available = 0;
  points.forEach((each, place) => {
    if (each === null) return;
    sum += weights[place] * each;
    available += weights[place];
  });
  if (available === 0) return null;
  return Math.floor((200 * sum + available) / (2 * available));
}

/** Share a score out to its criteria: rounded down, the rest to the largest remainders. */
export function contributions(points, weights) {
  const score = weightedScore(points, weights);
  if (score === null) return points.map(() => null);
  const available = points.reduce(
    (sum, each, place) => sum + (each === null ? 0 : weights[place]), 0,
  );
  const dividends = points.map((each, place) => 100 * (each ?? 0) * weights[place]);
  const shares = dividends.map((dividend) => Math.floor(dividend / available));
  const missing = score - shares.reduce((sum, share) => sum + share, 0);
  dividends
    .map((dividend, place) => ({ place, rest: dividend - shares[place] * available }))
    .sort((one, other) => other.rest - one.rest || one.place - other.place)
    .slice(0, missing)
    .forEach(({ place }) => {
      shares[place] += 1;
    });
  return shares;
}

/** Give each value's place among all values, in millionths; `values` may hold null. */
export function rankPlaces(values) {
  const sorted = values.filter((value) => value !== null).sort(compare);
  const others = sorted.length - 1;
  const below = new Map();
  sorted.forEach((value, place) => {
    if (!below.has(value)) below.set(value, place);
  });
  return values.map((value) => {
    if (value === null) return null;
    if (others === 0) return 0;
    return Math.floor((2 * MILLION * below.get(value) + others) / (2 * others));
  });
}

/** Give each value's place between the lowest and the highest, in millionths. */
export function rangePlaces(values) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return values;
  const lowest = BigInt(known.reduce((one, other) => (other < one ? other : one)));
  const highest = BigInt(known.reduce((one, other) => (other > one ? other : one)));
  const range = highest - lowest;
  return values.map((value) => {
    if (value === null) return null;
    if (range === 0n) return 0;
    return Number((2_000_000n * (BigInt(value) - lowest) + range) / (2n * range));
  });
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}

/** Give the points of the band that a place falls into. */
export function bandPoints(place, bands) {
  let points = bands[0].points;
  for (const band of bands)
    if (band.lower !== null && place >= band.lower) points = band.points;
  return points;
}

/**
 * Judge all clients by other weights.
 *
 * base: minimumCoverage, meetsTenure (by client), criteria (name, normalization, values,
 *   fixed, bands from the lowest up) and rules in their order (rule, profile, allowed,
 *   conditions on score and points)
 * weights: millionths, one per criterion
 * gives: by client the points, the score, the rule and the profile; score and rule are
 *   null for whoever is not eligible
 */
export function judge(base, weights) {
  const clients = base.meetsTenure.length;
  const eligible = base.meetsTenure.map((meets, client) => {
    if (!meets) return false;
    let known = 0;
    base.criteria.forEach((criterion, place) => {
      if (criterion.values[client] !== null) known += weights[place];
    });
    return known > 0 && known >= base.minimumCoverage;
  });
  const points = base.criteria.map((criterion) => pointsOf(criterion, eligible));
  const verdicts = [];
  for (let client = 0; client < clients; client += 1) {
    const own = points.map((each) => each[client]);
    if (!eligible[client]) {
      verdicts.push({ points: own, score: null, rule: null, profile: "not_yet_eligible" });
      continue;
    }
    const score = weightedScore(own, weights);
    const rule = base.rules.find(
      (each) => each.allowed[client] && each.conditions.every((one) => holds(one, score, own)),
    );
    verdicts.push({ points: own, score, rule: rule?.rule ?? null, profile: rule?.profile ?? null });
  }
  return verdicts;
}

function pointsOf(criterion, eligible) {
  if (criterion.normalization === "none") return criterion.fixed;
  const counted = criterion.values.map((value, client) => (eligible[client] ? value : null));
  const places =
    criterion.normalization === "percent_rank" ? rankPlaces(counted) : rangePlaces(counted);
  return places.map((place, client) =>
    place === null ? criterion.fixed[client] : bandPoints(place, criterion.bands),
  );
}

function holds(condition, score, points) {
  const { lower, upper } = condition;
  if (lower === null && upper === null) return true;
  const value = condition.subject === "score" ? score : points[condition.place];
  if (value === null) return false;
  const millionths = value * (condition.subject === "score" ? 100 : 10_000);
  return (lower === null || millionths >= lower) && (upper === null || millionths < upper);
}

/**
 * Change one weight and share the rest out among the others, in the same proportions.
 *
 * Locked ones stay. The sum stays a million: what rounding leaves over goes to the largest.
 */
export function changeWeight(weights, changed, value, locked, step = 1000) {
  const free = weights.map((_, place) => place).filter((place) => place !== changed && !locked[place]);
  const kept = weights.reduce(
    (sum, weight, place) => sum + (locked[place] && place !== changed ? weight : 0), 0,
  );
  const limit = MILLION - kept;
  const result = [...weights];
  result[changed] = free.length ? Math.min(Math.max(value, 0), limit) : limit;
  const rest = limit - result[changed];
  const before = free.reduce((sum, place) => sum + weights[place], 0);
  for (const place of free) {
    const share = before > 0 ? (weights[place] * rest) / before : rest / free.length;
    result[place] = Math.floor(share / step) * step;
  }
  const over = MILLION - result.reduce((sum, weight) => sum + weight, 0);
  if (free.length) {
    const largest = free.reduce((one, other) => (result[other] > result[one] ? other : one));
    result[largest] += over;
  }
  return result;
}

/** Give the lines of criterion_weights.csv for a new version. */
export function weightLines(scorecard, version, criteria, weights) {
  const header =
    "scorecard,version,criterion,weight,normalization,missing_value_policy,maximum_age_months";
  const lines = criteria.map((criterion, place) =>
    [
      scorecard, version, criterion.name, decimal(weights[place]), criterion.normalization,
      criterion.missingValuePolicy, criterion.maximumAgeMonths,
    ].join(","),
  );
  return `${[header, ...lines].join("\n")}\n`;
}

/** Write millionths as a decimal without zeros at its end. */
export function decimal(millionths) {
  const text = String(millionths).padStart(7, "0");
  return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, "");
}
