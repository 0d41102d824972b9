import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readLauncher } from '../../src/install/launcher-read.ts';
import { launcherScript } from '../../src/install/launcher.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const BASE = { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_DATA_HOME: '/d' };

describe('the launcher read back', () => {
  test.each(['/usr/bin', '/with space', "/it's", "/''", '/$HOME/`x`', String.raw`/back\slash`, '/ü"b'])(
    'names the node and the program that it was written with, in %s',
    (folder) => {
      const path = join(makeTempDirectory(), 'hook');
      const written = { node: `${folder}/node`, program: `${folder}/dist/main.js` };
      writeFileSync(
        path,
        launcherScript(path, { ...written, wake: `${folder}/wake`, log: `${folder}/log`, base: BASE }),
      );
      expect(readLauncher(path)).toEqual(written);
    },
  );

  test.each([String.raw`C:\Program Files\nodejs`, String.raw`C:\O'Brien ‘x’`, String.raw`C:\$env:x\ü`])(
    'is understood in PowerShell as well, in %s',
    (folder) => {
      const path = join(makeTempDirectory(), 'hook.ps1');
      const written = { node: `${folder}\\node.exe`, program: `${folder}\\dist\\main.js` };
      writeFileSync(path, launcherScript(path, { ...written, wake: 'wake', log: 'log', base: BASE }));
      expect(readLauncher(path)).toEqual(written);
    },
  );

  test.each(['', '#!/bin/sh\nexit 0\n', "node='x'\n"])('is none of ours where it says otherwise: %j', (text) => {
    const path = join(makeTempDirectory(), 'hook');
    writeFileSync(path, text);
    expect(readLauncher(path)).toBeUndefined();
    expect(readLauncher(`${path}.none`)).toBeUndefined();
  });
});
