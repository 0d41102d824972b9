/** A real ClickHouse server on 127.0.0.1, as a child process with a data directory of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ClickHouseServer {
  url: string;
  /** Runs a statement and answers what comes out, in the format that it names, or as tab-separated values. */
  query(sql: string): Promise<string>;
  stop(): Promise<void>;
}

/** Of all users: `default` may do everything, `writer` may not create tables, `reader` may change nothing. */
export const PASSWORD = 'click-0123456789';

const SERVER = ['clickhouse-server', '/usr/sbin/clickhouse-server', '/usr/bin/clickhouse-server'].find(
  (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined,
);

export const hasClickHouse = SERVER !== undefined;

/** Starts it and waits until it takes connections. */
export async function startClickHouse(): Promise<ClickHouseServer> {
  if (SERVER === undefined) throw new Error('there is no clickhouse-server on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-clickhouse-'));
  const port = await freePort();
  const child = spawn(SERVER, [`--config-file=${writeConfiguration(folder, port)}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilReady(child.stderr);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async query(sql) {
      const headers = { 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': PASSWORD };
      const response = await fetch(url, { method: 'POST', headers, body: sql });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return text;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilReady(log: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface(log)) {
    lines.push(line);
    if (line.includes('Ready for connections')) {
      log.resume();
      return;
    }
  }
  throw new Error(`clickhouse-server did not start:\n${lines.slice(-20).join('\n')}`);
}

function writeConfiguration(folder: string, port: number): string {
  const path = join(folder, 'config.xml');
  for (const name of ['data', 'tmp']) mkdirSync(join(folder, name));
  writeFileSync(
    path,
    `<yandex>
      <logger><level>information</level><console>1</console></logger>
      <http_port>${port}</http_port>
      <listen_host>127.0.0.1</listen_host>
      <keep_alive_timeout>600</keep_alive_timeout>
      <path>${folder}/data/</path>
      <tmp_path>${folder}/tmp/</tmp_path>
      <users_config>${folder}/users.xml</users_config>
      <default_profile>default</default_profile>
      <default_database>default</default_database>
      <mark_cache_size>100000000</mark_cache_size>
      <timezone>America/New_York</timezone>
    </yandex>`,
  );
  writeFileSync(join(folder, 'users.xml'), USERS);
  return path;
}

const USERS = `<yandex>
  <profiles>
    <default></default><writing><allow_ddl>0</allow_ddl></writing><reading><readonly>2</readonly></reading>
  </profiles>
  <quotas><default></default></quotas>
  <users>${user('default', 'default')}${user('writer', 'writing')}${user('reader', 'reading')}</users>
</yandex>`;

function user(name: string, profile: string): string {
  return `<${name}><password>${PASSWORD}</password><networks><ip>127.0.0.1</ip></networks>
    <profile>${profile}</profile><quota>default</quota></${name}>`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}
