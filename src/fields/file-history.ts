/** The client's backups of the files that it edits, for undoing. */
import { asBoolean, asCount, asObject, asString } from '../lib/json.ts';
import { count, fieldGroup, flag, id, place, places, text, time, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import { timestampOf } from '../line/parts.ts';
import type { Scope } from './scope.ts';

export const fileHistoryFields = fieldGroup({
  snapshot_message_id: id('`snapshot.messageId`, `snapshotMessageId`', 'The prompt before which the files were saved.'),
  snapshot_timestamp: time('`snapshot.timestamp`', 'When they were saved.'),
  is_snapshot_update: flag('`isSnapshotUpdate`', 'The snapshot adds to an earlier one.'),
  snapshot_has_untracked: flag('`snapshot.hasUntrackedChanges`', 'There were changes that the snapshot does not hold.'),
  snapshot_file_count: count('the names in `snapshot.trackedFileBackups`', 'Files in the snapshot.'),
  snapshot_files: places('the names in `snapshot.trackedFileBackups`', 'These files.'),
  snapshot_backups: text(
    '`snapshot.trackedFileBackups.*.**`, with `snapshot.trackedFileBackups.*.backupFileName`, `snapshot.trackedFileBackups.*.version`, `snapshot.trackedFileBackups.*.backupTime`',
    'Their backups, as JSON.',
  ),
  tracking_path: place('`trackingPath`', 'The one file that was saved.'),
  backup_name: id('`backup.backupFileName`', 'The backup of it; absent where the file was new.'),
  backup_version: count('`backup.version`', 'How often the file has been saved.'),
  backup_time: time('`backup.backupTime`', 'When it was saved.'),
  backup_real_parent: place('`backup.realParentDir`', 'The directory of the file, without symbolic links.'),
});

type FileHistory = ValuesOf<typeof fileHistoryFields>;

export function fillSnapshot(record: FileHistory, { parts: { line } }: Scope): void {
  const snapshot = asObject(line['snapshot']);
  const backups = asObject(snapshot?.['trackedFileBackups']);
  const files = backups && Object.keys(backups);
  record.snapshot_message_id = asString(snapshot?.['messageId']);
  record.snapshot_timestamp = timestampOf(snapshot?.['timestamp']);
  record.is_snapshot_update = asBoolean(line['isSnapshotUpdate']);
  record.snapshot_has_untracked = asBoolean(snapshot?.['hasUntrackedChanges']);
  record.snapshot_file_count = files?.length;
  record.snapshot_files = files;
  record.snapshot_backups = files === undefined || files.length === 0 ? undefined : jsonTextOf(backups);
}

export function fillBackup(record: FileHistory, { parts: { line } }: Scope): void {
  const backup = asObject(line['backup']);
  record.snapshot_message_id = asString(line['snapshotMessageId']);
  record.tracking_path = asString(line['trackingPath']);
  record.backup_name = asString(backup?.['backupFileName']);
  record.backup_version = asCount(backup?.['version']);
  record.backup_time = timestampOf(backup?.['backupTime']);
  record.backup_real_parent = asString(backup?.['realParentDir']);
}
