import { describe, expect, test } from '@jest/globals';
import { makeFakes } from '../../src/anonymise/fakes.ts';

const fakes = makeFakes(Buffer.alloc(32, 7));

describe('an id', () => {
  test.each([
    ['c6140dec-33c0-453e-ae75-b23c2a321669', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/],
    ['msg_01aDatFGawLXoXARa1NJvSCn', /^msg_01[A-Za-z0-9]{22}$/],
    ['toolu_017ZA1Gd5wPZr1wEVVy9wdLy', /^toolu_01[A-Za-z0-9]{22}$/],
    ['req_011CVcLkJJrojZfebVoRZRES', /^req_01[A-Za-z0-9]{22}$/],
    ['a2093faadc34f813d', /^a[0-9a-f]{16}$/],
    ['agent-a2093faadc34f813d', /^agent-a[0-9a-f]{16}$/],
    ['v2:e4c8a78a80ff', /^v2:[0-9a-f]{12}$/],
    ['happy-yawning-dove', /^[a-z0-9]{5}-[a-z0-9]{7}-[a-z0-9]{4}$/],
    ['ünï', /^[a-z0-9]{3}$/],
    ['', /^$/],
  ])('%s keeps its form and nothing else', (id, form) => {
    expect(fakes.id(id)).toMatch(form);
    if (id !== '') expect(fakes.id(id)).not.toBe(id);
  });

  test('is the same within a run and another in the next', () => {
    const id = 'c6140dec-33c0-453e-ae75-b23c2a321669';
    expect(fakes.id(id)).toBe(fakes.id(id));
    expect(makeFakes(Buffer.alloc(32, 8)).id(id)).not.toBe(fakes.id(id));
  });

  test('of a sub-agent is the same in its file name', () => {
    expect(fakes.path('/x/agent-a2093faadc34f813d.jsonl')).toMatch(
      new RegExp(String.raw`/agent-${fakes.id('a2093faadc34f813d')}\.jsonl$`),
    );
  });
});

describe('a path', () => {
  test('keeps its depth, its folders in common and a usual extension', () => {
    const cwd = fakes.path('/home/dev/project');
    expect(cwd).toMatch(/^\/p\w{6}\/p\w{6}\/p\w{6}$/);
    expect(fakes.path('/home/dev/project/src/app.ts')).toMatch(new RegExp(String.raw`^${cwd}/p\w{6}/p\w{6}\.ts$`));
  });

  test.each([
    ['report.smith', /^p\w{6}$/],
    ['.env', /^p\w{6}\.env$/],
    ['../a/./b.TSX', /^\.\.\/p\w{6}\/\.\/p\w{6}\.tsx$/],
    ['C:\\Users\\ann\\a.md', /^C:\\p\w{6}\\p\w{6}\\p\w{6}\.md$/],
    ['/home/ann/.claude/projects/-home-ann-x', /^\/p\w{6}\/p\w{6}\/\.claude\/projects\/p\w{6}$/],
    ['please tell nobody', /^p\w{6}$/],
    ['', /^$/],
  ])('%s', (path, form) => {
    expect(fakes.path(path)).toMatch(form);
  });
});

describe('a name', () => {
  test.each(['Bash', 'general-purpose', 'main', 'PreToolUse:Bash', 'agent:builtin:Explore', ''])(
    '%s is of the client and stays',
    (name) => {
      expect(fakes.name(name)).toBe(name);
    },
  );

  test('of an MCP tool is made of those of its server and of the tool', () => {
    expect(fakes.name('mcp__acme__find_invoice')).toBe(`mcp__${fakes.name('acme')}__${fakes.name('find_invoice')}`);
    expect(fakes.name('acme')).toMatch(/^n\w{6}$/);
  });

  test.each([
    ['agent:custom:acme-reviewer', /^agent:custom:n\w{6}$/],
    ['feature/acme-merger', /^n\w{6}$/],
    ['Bash(acme:*)', /^n\w{6}:n\w{6}$/],
  ])('%s is not', (name, form) => {
    expect(fakes.name(name)).toMatch(form);
  });
});

describe('a model', () => {
  test.each([
    '<synthetic>',
    'claude-opus-5-5',
    'claude-opus-5[1m]',
    'claude-sonnet-4-20250514',
    'claude-3-5-haiku-latest',
    'claude-2.1',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'claude-opus-4-5@20251101',
    '',
  ])('%s stays', (model) => {
    expect(fakes.model(model)).toBe(model);
  });

  test.each(['acme-gpt', 'claude-acme-internal', 'arn:aws:bedrock:us-east-1:123456789012:claude-opus-4'])(
    '%s is a name that someone gave',
    (model) => {
      expect(fakes.model(model)).toMatch(/^model-\w{6}$/);
    },
  );
});
