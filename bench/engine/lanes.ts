import { disturbance, interleave } from './rounds.ts';
import type { Section } from './sections.ts';
import { median, spread, table, thousands } from './statistics.ts';
import { Training } from './training.ts';

const counts = [1, 4, 8, 16];
const roundSeconds = 0.3;

/** What it costs to cut sums over the mini-batch into lanes. */
export const lanes: Section = {
  flag: 'lanes',
  title: 'Cost of lanes',
  measure: async ({ networks, rounds, log }) => {
    const data: Record<string, unknown> = {};
    const rows: string[][] = [];
    const notes: string[] = [];
    for (const network of networks) {
      log(`${network.name}, ${counts.join(', ')} lanes`);
      const trainings: Training[] = [];
      for (const count of counts) trainings.push(await Training.start(network, { lanes: count }));
      const first = await trainings[0]?.run(1);
      const epochs = Math.max(1, Math.round(roundSeconds / (first?.seconds ?? roundSeconds)));
      const sides = trainings.map((training, at) => ({
        name: `${counts[at]} lanes`,
        round: () => training.run(epochs),
      }));
      const measured = await interleave(sides, rounds, log);
      for (const training of trainings) await training.stop();
      data[network.name] = measured;
      const ratios = counts.map((_, side) =>
        measured.rounds.map((round) => (round[0]?.seconds ?? 0) / (round[side]?.seconds ?? 1)),
      );
      const single = measured.rounds.map(([one]) => (one?.samples ?? 0) / (one?.seconds ?? 1));
      rows.push([network.name, thousands(median(single)), ...ratios.slice(1).map((list) => spread(list, 3))]);
      notes.push(`${network.name}: ${disturbance(measured)}.`);
    }
    const head = ['network', 'samples/s, 1 lane', ...counts.slice(1).map((count) => `${count} lanes`)];
    return {
      data,
      markdown: `${table(head, rows)}\n\nSpeed relative to 1 lane, compared within a round.\n${notes.join('\n')}`,
    };
  },
};
