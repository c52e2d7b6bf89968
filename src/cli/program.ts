import { Command } from 'commander';
import { version } from '../version';
import { backupCommand } from './commands/backup';
import { completionCommand } from './commands/completion';
import { configCommand } from './commands/config';
import { dataSourceCommand } from './commands/datasource';
import { deleteCommand } from './commands/delete';
import { exportCommand } from './commands/export';
import { kafkaDevCommand } from './commands/kafka-dev';
import { retentionCommand } from './commands/retention';
import { openCommand } from './commands/open';
import { restoreCommand } from './commands/restore';
import { revokeCommand } from './commands/revoke';
import { sendCommand } from './commands/send';
import { serveCommand } from './commands/serve';
import { sqlCommand } from './commands/sql';
import { statusCommand } from './commands/status';
import { streamsCommand } from './commands/streams';
import { tailCommand } from './commands/tail';
import { tokenCommand } from './commands/token';
import { topicsCommand } from './commands/topics';
import type { Surroundings } from './surroundings';

/** The `writer-hub` command with its subcommands. */
export function program(surroundings: Surroundings): Command {
  return new Command('writer-hub')
    .description('Takes events in over SignalR and HTTP, keeps them, and gives them back.')
    .version(version)
    .addCommand(serveCommand(surroundings))
    .addCommand(configCommand(surroundings))
    .addCommand(openCommand(surroundings))
    .addCommand(statusCommand(surroundings))
    .addCommand(tokenCommand(surroundings))
    .addCommand(revokeCommand(surroundings))
    .addCommand(sendCommand(surroundings))
    .addCommand(tailCommand(surroundings))
    .addCommand(topicsCommand(surroundings))
    .addCommand(streamsCommand(surroundings))
    .addCommand(sqlCommand(surroundings))
    .addCommand(deleteCommand(surroundings))
    .addCommand(retentionCommand(surroundings))
    .addCommand(dataSourceCommand(surroundings))
    .addCommand(backupCommand(surroundings))
    .addCommand(restoreCommand(surroundings))
    .addCommand(exportCommand(surroundings))
    .addCommand(kafkaDevCommand(surroundings))
    .addCommand(completionCommand(surroundings));
}
