import { disturbance } from '../engine/rounds.ts';
import { median, spread, table, thousands } from '../engine/statistics.ts';
import { factorisation } from './factorisationRun.ts';
import { type FactorisationSpeed, ratingsPerSecond } from './factorisationSpeed.ts';
import { ratingSizes } from './generatedRatings.ts';
import { verdict } from './verdict.ts';

/** Positions of the sides; those of PyTorch come after them. */
const [hogwild, independent, firstPeer] = [0, 1, 3];
/** The least that hogwild has to make, of two processes that share nothing and of the faster PyTorch. */
const targets = { independent: 0.95, peer: 3 } as const;

/** The part of the report about speed. */
export function reportSpeed(speed: FactorisationSpeed): string {
  const { names, measured } = speed;
  const rates = names.map((_, side) => ratingsPerSecond(speed, side));
  const of = (side: number): number[] =>
    (rates[hogwild] ?? []).map((rate, round) => rate / (rates[side]?.[round] ?? Number.NaN));
  const rows = names.map((name, side) => [
    name,
    thousands(median(rates[side] ?? [])),
    thousands(median(rates[side] ?? []) / factorisation.batch),
    spread(of(side), 2),
    median(measured.rounds.map((round) => round[side]?.loss ?? Number.NaN)).toFixed(3),
  ]);
  const [peer] = names
    .map((_, side) => side)
    .slice(firstPeer)
    .toSorted((a, b) => median(rates[b] ?? []) - median(rates[a] ?? []));
  const compared = [
    { what: 'hogwild, of two independent processes', side: independent, least: targets.independent },
    ...(peer === undefined ? [] : [{ what: `hogwild, of ${names[peer]}`, side: peer, least: targets.peer }]),
  ];
  const { users, items, ratings } = ratingSizes;
  return [
    table(
      ['', 'measured', 'target', ''],
      compared.map(({ what, side, least }) => [
        what,
        spread(of(side), 2),
        `at least ${least}`,
        verdict(median(of(side)) >= least),
      ]),
    ),
    '',
    table(['', 'ratings/s', 'updates/s', 'hogwild is faster by', 'loss of the rounds'], rows),
    '',
    `${users} x ${items}, rank ${factorisation.rank}, ${thousands(ratings)} ratings in mini-batches of ${factorisation.batch}, sparse SGD; all sides have the same ratings, and shuffle them. ${disturbance(measured)}. Losses depend on how many rounds were made, and are there to show that everybody learns.`,
  ].join('\n');
}
