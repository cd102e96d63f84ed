import { describe, expect, it } from '@jest/globals';
import { withEntries, withImport } from './source-edit.js';

const add = (source: string, entries = ['A.forRoot()']): string | undefined =>
  withEntries(source, 'AppModule', 'imports', entries);

describe('an entry in a list of @Module()', () => {
  it.each([
    ['a short list', '@Module({ imports: [B] })', '@Module({ imports: [B, A.forRoot()] })'],
    ['an empty one', '@Module({ imports: [] })', '@Module({ imports: [A.forRoot()] })'],
    ['none', '@Module({\n  providers: [],\n})', '@Module({\n  imports: [A.forRoot()],\n  providers: [],\n})'],
    ['an empty decorator', '@Module({})', '@Module({\n  imports: [A.forRoot()],\n})'],
    [
      'a list on lines',
      '@Module({\n  imports: [\n    B,\n    C.forRoot({ imports: [D] }),\n  ],\n})',
      '@Module({\n  imports: [\n    B,\n    C.forRoot({ imports: [D] }),\n    A.forRoot(),\n  ],\n})',
    ],
    [
      'a comment at the end',
      '@Module({\n  imports: [\n    B // the last, [for now]\n  ],\n})',
      '@Module({\n  imports: [\n    B, // the last, [for now]\n    A.forRoot(),\n  ],\n})',
    ],
    [
      'brackets in texts',
      "@Module({ providers: [')]}'], imports: [B.at('imports: [')] })",
      "@Module({ providers: [')]}'], imports: [B.at('imports: ['), A.forRoot()] })",
    ],
    [
      'a list of the same name deeper down',
      '@Module({ providers: [{ imports: [] }], imports: [] })',
      '@Module({ providers: [{ imports: [] }], imports: [A.forRoot()] })',
    ],
  ])('goes into %s', (_, before, after) => {
    expect(add(`${before}\nclass AppModule {}`)).toBe(`${after}\nclass AppModule {}`);
  });

  it('goes to the class that is named', () => {
    const other = '@Module({ imports: [] })\nclass Other {}\n';
    const last = '@Module({ imports: [] })\nclass Last {}\n';
    const app = '@Module({ imports: [] })\nexport class AppModule {}\n';
    expect(add(other + app + last)).toBe(other + app.replace('[]', '[A.forRoot()]') + last);
  });

  it('goes on lines of their own where one would be too long', () => {
    const long = ['A'.repeat(40), 'B'.repeat(40)];
    expect(add('@Module({\n  imports: [],\n})', long)).toBe(
      `@Module({\n  imports: [\n    ${long[0]},\n    ${long[1]},\n  ],\n})`,
    );
  });

  it.each(['@Module({ imports: shared })', '@Module(settings)', 'class AppModule {}'])(
    'does not go into %s',
    (source) => {
      expect(add(source)).toBeUndefined();
    },
  );
});

describe('an import', () => {
  it.each([
    ['the last', "import a from 'a';\nconst b = 1;\n", "import a from 'a';\nNEW\nconst b = 1;\n"],
    ['one on lines', "import {\n  a,\n} from 'a'\n\nclass B {}\n", "import {\n  a,\n} from 'a'\nNEW\n\nclass B {}\n"],
    ['one with no names', "import 'a';\nclass B {}", "import 'a';\nNEW\nclass B {}"],
  ])('goes after %s', (_, before, after) => {
    expect(withImport(before, 'NEW')).toBe(after);
  });

  it('is not misled by a comment', () => {
    expect(withImport("import a from 'a';\n/*\nimport b from 'b';\n*/\n", 'NEW')).toBe(
      "import a from 'a';\nNEW\n/*\nimport b from 'b';\n*/\n",
    );
  });
});
