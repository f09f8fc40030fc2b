import type { Command, Outcome } from '../shared/commands.ts';
import type { RankControl } from '../shared/rankControl.ts';

/**
 * The life of a rank: follows the host's commands until it says to close.
 *
 * @param close - the kind of command that ends it
 * @param follow - undefined once the group is aborted
 * @throws what a kernel throws: the group is aborted then, and the host starts another thread for the rank
 */
export function followCommands(
  control: RankControl,
  close: number,
  follow: (command: Command) => Outcome | undefined,
): void {
  try {
    for (;;) {
      const command = control.nextCommand();
      if (command?.kind === close) return;
      const outcome = command && follow(command);
      if (outcome === undefined) control.acknowledgeAbort();
      else control.finish(outcome);
    }
  } catch (error) {
    control.fail();
    throw error;
  }
}
