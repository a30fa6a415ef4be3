// Runs the page's own arithmetic without a browser.
//
//   node judge.mjs scores < {labels, tables}
//   node judge.mjs weights < {labels, tables, tries: [{scorecard, version, weights}]}
//   node judge.mjs bases < {bases: [what judge() takes, values being texts of digits]}
//
// `scores` prints [scorecard, client, period, score, [[criterion, contribution], ...]] of
// every client and period. `weights` prints for each try [client, score, profile] of every
// client. `bases` prints [score, rule, profile] of every client. One line of JSON each;
// scores count in ten-thousandths.

import { judge } from "../../publish/page/src/exact.js";
import { Model } from "../../publish/page/src/model.js";

let text = "";
for await (const piece of process.stdin) text += piece;
const { labels, tables, tries, bases } = JSON.parse(text);
const model = labels && new Model(labels, tables);
const lines = [];

if (process.argv[2] === "scores") {
  for (const board of model.boards)
    for (const client of model.clients)
      model.periods.forEach((period, place) => {
        if (board.state(client.number, place) === null) return;
        lines.push([
          board.name, client.client_id, period, board.score(client.number, place),
          board.criteria(client.number, place).map((each) => [each.criterion, each.contribution]),
        ]);
      });
} else if (process.argv[2] === "bases") {
  for (const base of bases) {
    for (const criterion of base.criteria)
      criterion.values = criterion.values.map((value) => (value === null ? null : BigInt(value)));
    lines.push(judge(base, base.criteria.map((criterion) => criterion.weight))
      .map(({ score, rule, profile }) => [score, rule, profile]));
  }
} else {
  for (const { scorecard, version, weights } of tries) {
    const base = model.board(scorecard).calibration(version);
    const verdicts = judge(base, base.criteria.map((criterion) => weights[criterion.name]));
    lines.push(verdicts.map(({ score, profile }, row) =>
      [model.clients[base.clients[row]].client_id, score, profile]));
  }
}
process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
