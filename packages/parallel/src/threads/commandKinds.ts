/**
 * What the host tells ranks to do. `run`: the steps of the plan from `from` to before `to`; `argument` is the number, in
 * the engine's life, of the plan's first step. `copyAndRun`: the same, after a copy of the variables. `close`: end.
 */
export const commandKinds = { run: 0, copyAndRun: 1, close: 2 } as const;
