import { FloverError, nearest } from '@flover/policy';
import { Command } from 'commander';

/** `flover help`: of one of the commands of `program`, or of the whole. */
export const helpCommand = (program: Command): Command =>
  new Command('help')
    .description('shows the help of a command')
    .argument('[command]')
    .action((name: string | undefined) => {
      if (name === undefined) program.help();
      const found = program.commands.find((command) => command.name() === name);
      if (found === undefined) throw unknownCommand(name, program);
      found.help();
    });

function unknownCommand(name: string, { commands }: Command): FloverError {
  const names = commands.map((command) => command.name());
  const near = nearest(name, names);
  return new FloverError(
    'unknown-command',
    `there is no command '${name}'; ${near ? `did you mean '${near}'?` : `known: ${names.join(', ')}`}`,
    '`flover help` lists the commands.',
  );
}
