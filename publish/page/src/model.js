// The published data as the panels ask for it. No DOM in here.

import { contributions, weightedScore, whole } from "./exact.js";
import { column, placeOf, records, wholeColumn } from "./unpack.js";

export const AWAY = "not_a_client";
export const WAITING = "not_yet_eligible";

/** Everything that the page shows. */
export class Model {
  constructor(labels, tables) {
    this.run = labels.run;
    this.periods = labels.periods;
    this.last = labels.periods.length - 1;
    this.rules = tables.rules;
    this.criteria = new Map(labels.criteria.map((each) => [each.criterion, each]));
    this.clients = records(tables.clients).map((client, number) => ({ ...client, number }));
    this.byId = new Map(this.clients.map((client) => [client.client_id, client]));
    this.revenue = tables.revenue;
    this.boards = labels.scorecards.map(
      (scorecard) => new Board(this, scorecard, labels.profiles, tables.scorecards[scorecard.scorecard]),
    );
  }

  /** Give the board of a scorecard, the first one where there is no such. */
  board(scorecard) {
    return this.boards.find((each) => each.name === scorecard) ?? this.boards[0];
  }

  revenueOf(client, period) {
    return this.revenue ? this.revenue[client * this.periods.length + period] : null;
  }
}

/** One scorecard: who is where, and why. */
export class Board {
  constructor(model, { scorecard, label, description }, profiles, packed) {
    this.model = model;
    this.name = scorecard;
    this.label = label;
    this.description = description;
    this.packed = packed;
    this.states = packed.states.of;
    this.profiles = profiles.filter((each) => each.scorecard === scorecard);
    this.byProfile = new Map(this.profiles.map((each) => [each.profile, each]));
    this.ideal = this.profiles.find((each) => each.is_ideal) ?? this.profiles[0];
    this.parts = new Map();
    shareColumns(packed.calibration);
  }

  /** Give a part that is unpacked when it is first asked for. */
  part(name) {
    if (!this.parts.has(name)) this.parts.set(name, records(this.packed[name]));
    return this.parts.get(name);
  }

  /** Give what is known of a client in a period; null while it is no client. */
  state(client, period) {
    const place = placeOf(this.packed.states.at.charCodeAt(client * this.model.periods.length + period));
    return place < 0 ? null : this.states[place];
  }

  profile(client, period) {
    return this.state(client, period)?.profile ?? AWAY;
  }

  /** Give the profile's line of the seed, or what stands for being away. */
  describe(profile) {
    return this.byProfile.get(profile) ?? { profile, label: profile, color: "#d5dbe1", rank: null };
  }

  version(period) {
    return this.packed.versions[period];
  }

  describeVersion(version) {
    return this.model.rules.versions.find(
      (each) => each.scorecard === this.name && each.version === version,
    );
  }

  /** Give the criteria of a version with their weights. */
  weights(version) {
    return this.model.rules.weights.filter(
      (each) => each.scorecard === this.name && each.version === version,
    );
  }

  /** Give what each criterion says of a client in a period, and what it adds to the score. */
  criteria(client, period) {
    const weights = this.weights(this.version(period));
    const found = weights.map((weight) => {
      const packed = this.packed.points[weight.criterion];
      const place = packed
        ? placeOf(packed.at.charCodeAt(client * this.model.periods.length + period)) : -1;
      const [band, points, isMissing, age] = place < 0 ? [null, null, true, 0] : packed.of[place];
      return { ...weight, ...this.model.criteria.get(weight.criterion), weight: weight.weight,
        band, points, isMissing, age };
    });
    const eligible = this.isEligible(client, period);
    const shares = contributions(found.map((each) => each.points), found.map((each) => each.weight));
    return found.map((each, place) => ({ ...each, contribution: eligible ? shares[place] : null }));
  }

  isEligible(client, period) {
    const state = this.state(client, period);
    return state !== null && state.ineligibility_reason === null;
  }

  /** Give the score in ten-thousandths; null where there is none. */
  score(client, period) {
    if (!this.isEligible(client, period)) return null;
    const found = this.weights(this.version(period)).map((weight) => {
      const packed = this.packed.points[weight.criterion];
      const place = placeOf(packed.at.charCodeAt(client * this.model.periods.length + period));
      return [place < 0 ? null : packed.of[place][1], weight.weight];
    });
    return weightedScore(found.map((each) => each[0]), found.map((each) => each[1]));
  }

  /** Count clients by profile in a period, in the order of the profiles. */
  count(period) {
    const counts = new Map(this.profiles.map((each) => [each.profile, 0]));
    for (const client of this.model.clients) {
      const profile = this.profile(client.number, period);
      if (counts.has(profile)) counts.set(profile, counts.get(profile) + 1);
    }
    return counts;
  }

  /** Give the rows of rpt_profile_growth of one period, by profile. */
  growth(period) {
    const start = this.model.periods[period];
    return new Map(
      this.part("growth").filter((each) => each.period_start === start && !each.is_forecast)
        .map((each) => [each.profile, each]),
    );
  }

  /** Give the rows of a client in a part. */
  of(part, client) {
    return this.part(part).filter((each) => each.client === client);
  }

  /** Give the versions that one can calibrate from. */
  calibrations() {
    return this.packed.calibration;
  }

  /** Give what exact.judge() needs of a version, and what the warehouse made of it. */
  calibration(version) {
    const packed = this.packed.calibration.find((each) => each.version === version);
    return calibrationBase(packed, this.name, this.model.rules);
  }
}

/** Let versions have the columns that were left out because they are as in another one. */
function shareColumns(versions) {
  const byName = new Map(versions.map((each) => [each.version, each]));
  const share = (columns, others) => {
    for (const [name, packed] of Object.entries(columns))
      if ("like" in packed) columns[name] = others(byName.get(packed.like))[name];
  };
  for (const each of versions) {
    share(each.clients.columns, (other) => other.clients.columns);
    for (const [criterion, table] of Object.entries(each.criteria))
      share(table.columns, (other) => other.criteria[criterion].columns);
  }
}

/** Give what exact.judge() needs of a packed version. */
export function calibrationBase(packed, scorecard, rules) {
  const { rows } = packed.clients;
  const mine = (each) => each.scorecard === scorecard && each.version === packed.version;
  const weights = rules.weights.filter(mine);
  const criteria = weights.map((weight) => {
    const table = packed.criteria[weight.criterion];
    const fixed = wholeColumn(table.columns.fixed_points, rows);
    const unit = 10 ** (2 - fixed.decimals);
    return {
      name: weight.criterion,
      weight: weight.weight,
      normalization: weight.normalization,
      missingValuePolicy: weight.missing_value_policy,
      maximumAgeMonths: weight.maximum_age_months,
      ...wholeColumn(table.columns.metric_value, rows),
      fixed: fixed.values.map((each) => (each === null ? null : each * unit)),
      ages: column(table.columns.value_age_months, rows),
      bands: rules.bands
        .filter((band) => mine(band) && band.criterion === weight.criterion)
        .map((band) => ({ lower: whole(band.lower_bound, 6), points: band.points })),
    };
  });
  const place = new Map(criteria.map((criterion, at) => [criterion.name, at]));
  return {
    version: packed.version,
    clients: column(packed.clients.columns.client, rows),
    profiles: column(packed.clients.columns.computed_profile, rows),
    scores: wholeScores(packed.clients.columns.score, rows),
    meetsTenure: column(packed.clients.columns.meets_tenure, rows),
    minimumCoverage: rules.versions.find(mine).minimum_coverage,
    criteria,
    rules: Object.entries(packed.rules).map(([rule, allowed]) => {
      const conditions = rules.conditions.filter((each) => mine(each) && each.rule === rule);
      return {
        rule,
        profile: conditions[0].profile,
        allowed: column(allowed, rows),
        conditions: conditions
          .filter((each) => each.subject !== "metric")
          .map((each) => ({
            subject: each.subject,
            place: place.get(each.subject_name),
            lower: whole(each.lower_bound, 6),
            upper: whole(each.upper_bound, 6),
          })),
      };
    }),
  };
}

function wholeScores(packed, rows) {
  const { values, decimals } = wholeColumn(packed, rows);
  const unit = 10 ** (4 - (decimals ?? 0));
  return values.map((each) => (each === null ? null : each * unit));
}
