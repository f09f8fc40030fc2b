// Writes rents.csv: 3,000 made-up offers of flats. What the rent is made of is known, and so is the best that any model can do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Standard deviation of what no column tells. */
const noise = 45;

let state = 2024;
/** Uniform in [0, 1), by the generator of Lehmer: 48271^n mod (2^31 - 1). */
function uniform(): number {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
}
const between = (low: number, high: number): number => low + (high - low) * uniform();
const choose = <T>(from: readonly T[]): T | undefined => from[Math.floor(uniform() * from.length)];
/** Nearly normal, mean 0 and deviation 1: the sum of twelve uniform numbers, less 6. */
const normal = (): number => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);

const towns = ['North', 'South', 'East', 'West', 'Old', 'New', 'Upper', 'Lower'];
const places = ['Bridge', 'Harbour', 'Market', 'Mill', 'Park'];
const districts = towns.flatMap((town) =>
  places.map((place) => ({ name: `${town} ${place}`, price: between(8, 22) })),
);
const heating = [
  { name: 'gas', cost: 0 },
  { name: 'district', cost: 25 },
  { name: 'heat pump', cost: 70 },
  { name: 'electric', cost: -40 },
];

const lines = ['district,area,rooms,floor,built,heating,furnished,listed,rent'];
for (let row = 0; row < 3000; row++) {
  const district = choose(districts);
  const heated = choose(heating);
  if (district === undefined || heated === undefined) continue;
  const area = Math.round(between(25, 140));
  const rooms = Math.max(1, Math.round(area / 27 + between(-0.8, 0.8)));
  const floor = Math.floor(between(0, 8));
  const built = Math.floor(between(1900, 2024));
  const isFurnished = uniform() < 0.25;
  const day = Math.floor(between(0, 730));
  const rent =
    district.price * area +
    12 * rooms +
    8 * floor +
    (built > 1990 ? 60 : 0) +
    heated.cost +
    (isFurnished ? 0.12 * district.price * area : 0) +
    0.1 * day +
    noise * normal();
  const listed = new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10);
  const cells = [
    district.name,
    area,
    rooms,
    uniform() < 0.06 ? '' : floor,
    uniform() < 0.1 ? 'NA' : built,
    heated.name,
    isFurnished ? 'yes' : 'no',
    listed,
    Math.round(rent),
  ];
  lines.push(cells.join(','));
}
writeFileSync(join(import.meta.dirname, 'rents.csv'), `${lines.join('\n')}\n`);
