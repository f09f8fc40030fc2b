import { disturbance } from '../engine/rounds.ts';
import { median, spread, table, thousands } from '../engine/statistics.ts';
import { factorisation } from './factorisationRun.ts';
import { type FactorisationSpeed, updatesPerSecond } from './factorisationSpeed.ts';
import { ratingSizes } from './generatedRatings.ts';
import { verdict } from './verdict.ts';

type What = Parameters<typeof updatesPerSecond>[2];

/** Positions of the sides; those of PyTorch come after them. */
const [hogwild, independent, firstPeer] = [0, 1, 3];
/** The least that hogwild has to make, of two processes that share nothing and of the faster PyTorch. */
const targets = { independent: 0.95, peer: 3 } as const;

/** The part of the report about speed. */
export function reportSpeed(speed: FactorisationSpeed): string {
  const { names, measured } = speed;
  const sides = names.map((_, side) => side);
  const rates = (what: What): number[][] => sides.map((side) => updatesPerSecond(speed, side, what));
  const measures = { steps: rates('steps'), everything: rates('everything') };
  const of = (what: What, side: number): number[] =>
    (measures[what][hogwild] ?? []).map(
      (rate, round) => rate / (measures[what][side]?.[round] ?? Number.NaN),
    );
  const peers = sides.slice(firstPeer);
  const [peer] = peers.toSorted((a, b) => median(measures.steps[b] ?? []) - median(measures.steps[a] ?? []));
  const compared = [
    { name: 'two independent processes', side: independent, least: targets.independent },
    ...(peer === undefined ? [] : [{ name: names[peer] ?? '', side: peer, least: targets.peer }]),
  ];
  const { users, items, ratings } = ratingSizes;
  return [
    table(
      ['', 'measured', 'target', ''],
      compared.flatMap(({ name, side, least }) =>
        (['steps', 'everything'] as const).map((what) => [
          `hogwild, of ${name}: ${what === 'steps' ? 'training steps' : 'with what is between epochs'}`,
          spread(of(what, side), 2),
          `at least ${least}`,
          verdict(median(of(what, side)) >= least),
        ]),
      ),
    ),
    '',
    table(
      [
        '',
        'updates/s, steps',
        'hogwild is faster by',
        'updates/s, everything',
        'hogwild is faster by',
        'loss',
      ],
      sides.map((side) => [
        names[side] ?? '',
        thousands(median(measures.steps[side] ?? [])),
        spread(of('steps', side), 2),
        thousands(median(measures.everything[side] ?? [])),
        spread(of('everything', side), 2),
        median(measured.rounds.map((round) => round[side]?.loss ?? Number.NaN)).toFixed(3),
      ]),
    ),
    '',
    `${users} x ${items}, rank ${factorisation.rank}, ${thousands(ratings)} ratings in mini-batches of ${factorisation.batch}, sparse SGD; all sides have the same ratings. "Steps" are training steps alone, as \`samplesPerSecond\` of the events has them; "everything" is the time that passes, in which the rows are shuffled for each epoch. ${disturbance(measured)}. Losses depend on how many rounds were made, and are there to show that everybody learns.`,
  ].join('\n');
}
