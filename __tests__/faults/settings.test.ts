/** The installer and settings.json: each fault by its number in the fault matrix, on real files, by the built program. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { forEveryPoint, type Faults } from '../helpers/fault-rig.ts';
import { addedTo, debris, expectRefusal, hooksOf, makeSettingsRig, rigOfEachTest } from '../helpers/settings-rig.ts';

const rig = rigOfEachTest();
const text = (path = rig().settings): string => readFileSync(path, 'utf8');
const modeOf = (path: string): number => statSync(path).mode & 0o777;

const FOREIGN = '{"type":"command","command":"say done"}';
const OURS = `{"type":"command","command":"sh '/old/hook' stopwire-stop-hook","timeout":10}`;

describe('row 94: settings.json that is missing, or says nothing', () => {
  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is blank', ' \r\n\n'],
    ['is an empty object', '{}'],
  ])('%s: it holds our hook, and uninstall gives it back', async (_, before) => {
    if (before !== undefined) writeFileSync(rig().settings, before, { mode: 0o640 });
    expect((await rig().install()).code).toBe(0);
    expect(JSON.parse(text())).toEqual({ hooks: { Stop: [{ hooks: hooksOf(rig().settings) }] } });
    expect([hooksOf(rig().settings).length, modeOf(rig().settings)]).toEqual([1, before === undefined ? 0o600 : 0o640]);
    await rig().stopwire(['uninstall']);
    expect(existsSync(rig().settings) ? text() : undefined).toBe(before);
  });
});

const KEPT: readonly (readonly [row: string, before: string, added: RegExp])[] = [
  ['95: foreign hooks on Stop', `{"hooks":{"Stop":[{"hooks":[${FOREIGN}]}]}}`, /^,\{"hooks":\[/],
  ['95: foreign hooks elsewhere', `{"hooks":{"SessionEnd":[{"hooks":[${FOREIGN}]}]}}`, /^,"Stop":\[/],
  ['95: a stranger’s handler of another type', '{"hooks":{"Stop":[{"hooks":[{"type":"http","url":"x"}]}]}}', /./],
  ['96: tabs', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', /\n\t"hooks": \{\n\t\t"Stop": \[\n\t{3}\{/],
  ['96: four spaces', '{\n    "a": 1\n}\n', /\n {4}"hooks": \{\n {8}"Stop": \[\n {12}\{/],
  ['96: minified', '{"a":{"b":1}}', /^,"hooks":\{"Stop":\[[^\n]+$/],
  ['96: CRLF', '{\r\n  "a": 1\r\n}\r\n', /^(?:[^\r\n]*\r\n)+[^\r\n]*$/],
  ['96: a byte order mark', '\uFEFF{\n  "a": 1\n}\n', /\n {2}"hooks"/],
  ['96: no final newline', '{\n  "a": 1\n}', /\n {2}"hooks"/],
  ['98: big integers', '{"a":12345678901234567890123,"b":9007199254740993}', /./],
  ['98: 1e400, -0.0, 1.0, 1E+2', '{"a":1e400,"b":-0.0,"c":[1.0,1E+2]}', /./],
  ['98: names twice', '{"a":1,"a":{"a":2,"a":3},"hooks":{},"hooks":{"x":[]}}', /./],
  ['98: line separators and escapes', '{"a":"\u2028\u2029\\u2028\\/\\ud800","ü":"\\u00fc"}', /./],
  ['98: __proto__ and its like', '{"__proto__":{"hooks":1},"constructor":[],"hasOwnProperty":0}', /./],
];

describe('rows 95, 96, 98, 110: what is not ours keeps every byte', () => {
  test.each(KEPT)('%s', async (_, before, added) => {
    writeFileSync(rig().settings, before);
    expect((await rig().install()).code).toBe(0);
    const after = text();
    expect(addedTo(before, after)).toMatch(added);
    expect(hooksOf(rig().settings)).toHaveLength(1);
    expect((await rig().install()).code).toBe(0);
    expect(text()).toBe(after);
    expect(
      rig()
        .backups()
        .map((path) => text(path)),
    ).toEqual([before]);
    await rig().stopwire(['uninstall', '--purge']);
    expect(text()).toBe(before);
    expect(readdirSync(rig().claude).toSorted()).toEqual(['projects', 'settings.json']);
  });

  test('95: a handler of ours in a stranger’s group makes room for the one that is current', async () => {
    writeFileSync(rig().settings, `{"hooks":{"Stop":[{"matcher":"x","hooks":[${FOREIGN},${OURS}]}]}}`);
    await rig().install();
    const [group, ...others] = JSON.parse(text()).hooks.Stop;
    expect(group).toEqual({ matcher: 'x', hooks: [JSON.parse(FOREIGN)] });
    expect(others).toEqual([{ hooks: hooksOf(rig().settings) }]);
    await rig().stopwire(['uninstall']);
    expect(text()).toBe(`{"hooks":{"Stop":[{"matcher":"x","hooks":[${FOREIGN}]}]}}`);
  });
});

const REFUSED: readonly (readonly [row: string, before: string | Buffer, reason: RegExp])[] = [
  ['97: a comment', '{\n  // mine\n  "a": 1\n}', /line 2, column 3: a comment/],
  ['97: a block comment', '{"a": 1 /* mine */}', /a comment/],
  ['97: a trailing comma', '{"a": 1,\n}', /line 2, column 1/],
  ['97: a trailing comma in a list', '{"a": [1,]}', /line 1/],
  ['99: a syntax error', '{"a": 1 "b": 2}', /a comma is missing/],
  ['99: cut in half', '{"hooks": {"Stop": [{"hooks":', /line 1/],
  ['99: a list', '[]', /not an object/],
  ['99: a string', '"settings"', /not an object/],
  ['99: a number', '7', /not an object/],
  ['99: null', 'null', /not an object/],
  ['99: NULs', '{"a": 1}\0\0\0', /not strict JSON/],
  ['99: invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /not UTF-8/],
  ['99: UTF-16', Buffer.from('\uFEFF{"a":1}', 'utf16le'), /not UTF-8/],
  ['100: hooks that are a list', '{"hooks": []}', /"hooks" of the settings is not an object/],
  ['100: hooks that are a string', '{"hooks": "none"}', /"hooks" of the settings is not an object/],
  ['100: Stop that is an object', '{"hooks": {"Stop": {}}}', /"hooks.Stop" of the settings is not an array/],
  ['100: a group that is a string', '{"hooks": {"Stop": ["x"]}}', /"hooks.Stop\[0\]" of the settings is not an object/],
];

describe('rows 97, 99, 100: what the client would not take is refused, and not a byte is changed', () => {
  test.each(REFUSED)('%s', async (_, before, reason) => {
    writeFileSync(rig().settings, before);
    const there = rig().everything();
    expectRefusal(await rig().install(), reason);
    expect(readFileSync(rig().settings)).toEqual(Buffer.from(before));
    expect(rig().everything()).toEqual(there);
    expect((await rig().stopwire(['uninstall'])).code).toBe(3);
    expect(readFileSync(rig().settings)).toEqual(Buffer.from(before));
  });
});

describe('row 101: a symlink', () => {
  test('is kept, and what it leads to is edited and given back', async () => {
    const dotfile = join(rig().home, 'dotfiles', 'claude.json');
    mkdirSync(join(rig().home, 'dotfiles'));
    writeFileSync(dotfile, '{"a":1}', { mode: 0o644 });
    symlinkSync(join('..', 'dotfiles', 'claude.json'), rig().settings);
    await rig().install();
    expect([hooksOf(dotfile).length, readlinkSync(rig().settings)]).toEqual([1, '../dotfiles/claude.json']);
    await rig().stopwire(['uninstall', '--purge']);
    expect([text(dotfile), readlinkSync(rig().settings)]).toEqual(['{"a":1}', '../dotfiles/claude.json']);
    expect(readdirSync(join(rig().home, 'dotfiles'))).toEqual(['claude.json']);
  });

  test('that leads nowhere is refused', async () => {
    symlinkSync('nowhere', rig().settings);
    expectRefusal(await rig().install(), /a symlink that leads nowhere/);
    expect(lstatSync(rig().settings).isSymbolicLink()).toBe(true);
  });
});

describe('row 102: permissions, and what is no file', () => {
  test.each([
    ['600', 0o600],
    ['644', 0o644],
    ['660', 0o660],
  ])('the mode %s is kept, whatever the umask is', async (_, mode) => {
    writeFileSync(rig().settings, '{"a":1}');
    chmodSync(rig().settings, mode);
    const umask = process.umask(0o077);
    try {
      expect((await rig().install()).code).toBe(0);
    } finally {
      process.umask(umask);
    }
    expect([rig().settings, ...rig().backups()].map(modeOf)).toEqual([mode, mode]);
  });

  test('a read-only file is refused, by uninstall as well', async () => {
    await rig().install();
    const before = text();
    chmodSync(rig().settings, 0o444);
    expect((await rig().stopwire(['uninstall'])).code).toBe(3);
    expect([text(), existsSync(join(rig().data, 'hook'))]).toEqual([before, true]);
    writeFileSync(join(rig().home, 'settings.json'), '{"a":1}', { mode: 0o444 });
    rmSync(rig().settings);
    symlinkSync(join(rig().home, 'settings.json'), rig().settings);
    expectRefusal(await rig().install(), /is read-only/);
    expect(text()).toBe('{"a":1}');
  });

  test('a directory is refused', async () => {
    mkdirSync(rig().settings);
    expectRefusal(await rig().install(), /is not a regular file/);
    expect(readdirSync(rig().settings)).toEqual([]);
  });

  test('a file with a second name keeps it, and both names have the hook', async () => {
    const second = join(rig().home, 'dotfiles.json');
    writeFileSync(rig().settings, '{"a":1}');
    linkSync(rig().settings, second);
    await rig().install();
    expect([hooksOf(second).length, text(second)]).toEqual([1, text()]);
    expect(
      rig()
        .backups()
        .map((path) => text(path)),
    ).toEqual(['{"a":1}']);
    await rig().stopwire(['uninstall', '--purge']);
    expect([text(second), statSync(second).nlink]).toEqual(['{"a":1}', 2]);
  });
});

test('row 103: 20,000 rules take less than two seconds', async () => {
  const allow = Array.from({ length: 20_000 }, (_, index) => `Bash(command-${index}:*)`);
  const before = JSON.stringify({ permissions: { allow } }, undefined, 2);
  const times: number[] = [];
  // The best of some, for machines that have more to do.
  for (let round = 0; round < 4; round += 1) {
    writeFileSync(rig().settings, before);
    const start = performance.now();
    expect((await rig().install()).code).toBe(0);
    times.push(performance.now() - start);
  }
  expect(Math.min(...times)).toBeLessThan(2_000);
  expect(addedTo(before, text())).toContain('stopwire-stop-hook');
});

test('row 104: ten installers at once leave one hook, one program and no debris', async () => {
  writeFileSync(rig().settings, '{"a":1}');
  const ended = await Promise.all(Array.from({ length: 10 }, () => rig().install()));
  expect(ended.map(({ code, stderr }) => [code, /error/.test(stderr)])).toEqual(ended.map(() => [0, false]));
  expect([hooksOf(rig().settings).length, debris(rig())]).toEqual([1, []]);
  expect(readdirSync(rig().data).filter((name) => /^\d/.test(name))).toHaveLength(1);
  expect(
    rig()
      .backups()
      .map((path) => text(path)),
  ).toEqual(['{"a":1}']);
  await rig().stopwire(['uninstall', '--purge']);
  expect(text()).toBe('{"a":1}');
});

describe('row 105: another process changes the file while it is being changed', () => {
  /** The temporary files of the backup and of the change, both made between reading and renaming. */
  const AT: Faults = { FAULT_MATCH: 'settings\\.json\\.[0-9a-f]{16}\\.tmp$' };
  const edit = (before: string, after: string): string =>
    `cd '${rig().claude}' && printf %s '${after}' >other && [ "$(cat settings.json)" = '${before}' ] && mv other settings.json`;

  test.each([
    ['before the backup', 1],
    ['before the backup, and before the rename', 2],
  ])('%s: what it wrote survives', async (_, times) => {
    writeFileSync(rig().settings, '{"a":1}');
    const count = `cd '${rig().claude}' && printf x >>edits && printf '{"a":"%s"}' "$(cat edits)" >other && mv other settings.json`;
    expect((await rig().under({ ...AT, FAULT_RUN: count, FAULT_RUN_TIMES: times })).code).toBe(0);
    const written = `{"a":"${'x'.repeat(times)}"}`;
    expect(addedTo(written, text())).toContain('stopwire-stop-hook');
    expect(
      rig()
        .backups()
        .map((path) => text(path)),
    ).toEqual([written]);
    expect(debris(rig())).toEqual([]);
  });

  test('into something that is no settings file: it is refused as it is then', async () => {
    writeFileSync(rig().settings, '{"a":1}');
    expectRefusal(await rig().under({ ...AT, FAULT_RUN: edit('{"a":1}', '[]') }), /not an object/);
    expect([text(), rig().backups()]).toEqual(['[]', []]);
  });

  test('again and again: it wins, and the installer says so after eight tries', async () => {
    writeFileSync(rig().settings, '{"a":0}');
    const count = `cd '${rig().claude}' && printf x >>edits && printf '{"a":"%s"}' "$(cat edits)" >other && mv other settings.json`;
    const { code, stderr } = await rig().under({ ...AT, FAULT_RUN: count, FAULT_RUN_TIMES: 100 });
    expect([code, /another program kept changing it/.test(stderr)]).toEqual([1, true]);
    expect(text()).toBe(`{"a":"${readFileSync(join(rig().claude, 'edits'), 'utf8')}"}`);
    expect([rig().backups(), debris(rig())]).toEqual([[], []]);
  });

  test('uninstall: what it wrote survives, too', async () => {
    writeFileSync(rig().settings, '{"a":1}');
    await rig().install();
    const replace = `cd '${rig().claude}' && sed 's/"a":1/"a":2/' settings.json >other && mv other settings.json`;
    expect((await rig().under({ ...AT, FAULT_RUN: replace }, ['uninstall', '--purge'])).code).toBe(0);
    expect(text()).toBe('{"a":2}');
  });
});

describe('row 107: a disk that refuses', () => {
  test.each<[string, Faults]>([
    ['full', { FAULT_ERR: 'ENOSPC' }],
    ['full, half of a write taken', { FAULT_ERR: 'ENOSPC', FAULT_ERR_OPS: 'write', FAULT_SHORT: 1 }],
    ['broken', { FAULT_ERR: 'EIO', FAULT_ERR_OPS: 'write,fsync' }],
    ['read-only', { FAULT_ERR: 'EROFS', FAULT_ERR_OPS: 'create,rename,link' }],
  ])(
    '%s from the n-th operation on settings.json on, for every n: exit code 1, and the file is whole',
    async (_, faults) => {
      const points = await forEveryPoint(async (point) => {
        const one = makeSettingsRig();
        try {
          writeFileSync(one.settings, '{"a":1}');
          const { code, stdout, stderr } = await one.under({
            ...faults,
            FAULT_MATCH: '\\.claude/',
            FAULT_ERR_FROM: point,
          });
          const isRefused = one.report().injected > 0;
          // A directory that cannot be synced is none of the disk's refusals: the file has been replaced by then.
          const isReplaced = readFileSync(one.settings, 'utf8') !== '{"a":1}';
          if (isReplaced) expect(hooksOf(one.settings)).toHaveLength(1);
          expect([code, stdout]).toEqual([isRefused && !isReplaced ? 1 : 0, '']);
          if (isRefused && !isReplaced) expect(stderr).toMatch(/settings\.json could not be .*(ENOSPC|EIO|EROFS)/);
          expect(debris(one)).toEqual([]);
          return isRefused;
        } finally {
          one.remove();
        }
      });
      expect(points).toBeGreaterThan(1);
    },
  );

  const canMount = mountTmpfs(() => {});
  (canMount ? test : test.skip)(
    'a real one that is full: the file is as it was, and installing works when there is room',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', rig().claude]);
      try {
        writeFileSync(rig().settings, '{"a":1}');
        fill(join(rig().claude, 'filler'));
        const { code, stderr } = await rig().install();
        expect([code, /ENOSPC|full/.test(stderr), text()]).toEqual([1, true, '{"a":1}']);
        expect(readdirSync(rig().claude).toSorted()).toEqual(['filler', 'settings.json']);
        rmSync(join(rig().claude, 'filler'));
        expect((await rig().install()).code).toBe(0);
        expect(hooksOf(rig().settings)).toHaveLength(1);
      } finally {
        execFileSync('umount', [rig().claude]);
      }
    },
  );
});

describe('row 108: the backup', () => {
  test('has the bytes and the permissions of the file, and a name that says when', async () => {
    const before = Buffer.from('\uFEFF{"a":1e400}\r\n');
    writeFileSync(rig().settings, before, { mode: 0o600 });
    const { stderr } = await rig().install();
    const [backup = '', ...others] = rig().backups();
    expect(backup).toMatch(/settings\.json\.\d{8}T\d{6}\.\d{3}Z\.bak$/);
    expect([readFileSync(backup), modeOf(backup), others]).toEqual([before, 0o600, []]);
    expect(stderr).toContain(backup);
  });

  test('is one of the last five', async () => {
    for (let round = 0; round < 7; round += 1) {
      writeFileSync(rig().settings, `{"round":${round}}`);
      await rig().install();
    }
    expect(
      rig()
        .backups()
        .map((path) => text(path)),
    ).toEqual([2, 3, 4, 5, 6].map((round) => `{"round":${round}}`));
  });
});

describe('row 109: the package has gone, and the hook is left', () => {
  const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };

  test('the launcher exits 0, and leaves one hint in the log, however often it fires', async () => {
    await rig().install();
    const version = readdirSync(rig().data).find((name) => /^\d/.test(name)) ?? '';
    rmSync(join(rig().data, version), { recursive: true });
    const log = join(rig().state, 'hook.log');
    for (let round = 0; round < 3; round += 1) expect(await rig().fire()).toEqual(SILENT);
    for (const deadline = Date.now() + 10_000; !existsSync(log) && Date.now() < deadline; await sleep(20));
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).error)).toEqual([expect.stringContaining('npx stopwire install')]);
  });

  test('without a launcher nothing happens at all', async () => {
    await rig().install();
    rmSync(rig().data, { recursive: true });
    expect(await rig().fire()).toEqual(SILENT);
  });
});

describe('row 110: uninstall', () => {
  test('gives back every byte of a file that nobody else has changed', async () => {
    writeFileSync(rig().settings, '{ "a":1.0,\n"b" : [ ] }');
    await rig().install();
    await rig().stopwire(['uninstall', '--purge']);
    expect(text()).toBe('{ "a":1.0,\n"b" : [ ] }');
  });

  test('gives back what it means where the client has rewritten it, marks and order gone', async () => {
    writeFileSync(rig().settings, `{"b":1.0,"hooks":{"Stop":[{"hooks":[${FOREIGN}]}]},"a":"\\u00fc"}`);
    await rig().install();
    const { a, b, hooks } = JSON.parse(text());
    writeFileSync(rig().settings, JSON.stringify({ a, hooks, theme: 'dark', b }, undefined, 2));
    await rig().stopwire(['uninstall', '--purge']);
    const Stop = [{ hooks: [JSON.parse(FOREIGN)] }];
    expect(text()).toBe(JSON.stringify({ a, hooks: { Stop }, theme: 'dark', b }, undefined, 2));
  });
});

function mountTmpfs(use: () => void): boolean {
  const one = makeSettingsRig();
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', one.claude], { stdio: 'ignore' });
    use();
    execFileSync('umount', [one.claude]);
    return true;
  } catch {
    return false;
  } finally {
    one.remove();
  }
}

/** Takes all the room that there is. */
function fill(path: string): void {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // No room for as much as that.
    }
  }
}
