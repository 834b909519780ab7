import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { type CommandResult, runCommand } from './run-command.ts';

const customers = `coreCustomerId,customerType,givenName,familyName,emailAddress,phoneNumber,taxIdNumber,accountNumbers,note
C1,retail,Ann,"Lee, Jr",ann@example.com,(919) 555-0101,960-00-0001,0001|0002,x
C2,retail,Bo,Ruiz,bo@example.com,,070000002,0001,x
C3,business,,,,,960000003,0003,x
C4,retail,Cy,Dole,,,960000004,,x
`;

forEachEngine((engine) => {
  let bank: TestApp;
  let folder = '';
  let environment: Record<string, string> = {};
  before(async () => {
    folder = await makeTestFolder();
    bank = await startTestApp(engine);
    await bank.jobs.start();
    const address = await bank.app.listen({ port: 0, host: '127.0.0.1' });
    environment = { ROLLCALL_SERVER: address, ROLLCALL_TOKEN: bank.tokens.own };
    await writeFile(join(folder, 'customers.csv'), customers);
  });
  after(async () => {
    await bank.close();
    await rm(folder, { recursive: true, force: true });
  });
  const run = (...argv: string[]): Promise<CommandResult> => runCommand(argv, { folder, environment });
  const succeed = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...argv);
    assert.deepEqual([code, stderr], [0, '']);
    return stdout;
  };
  const fileText = (name: string) => readFile(join(folder, name), 'utf8');

  test('customers load: preview, load, the same again', async () => {
    const preview = await succeed('customers', 'load', 'customers.csv', '--ignore-columns', 'note', '--dry-run');
    assert.match(preview, /^Inserted +4$[\s\S]*^Dry run: nothing was changed.$/m);
    assert.match(await succeed('customers', 'load', 'customers.csv', '--ignore-columns', 'note'), /^Inserted +4$/m);
    const again = JSON.parse(await succeed('customers', 'load', 'customers.csv', '--ignore-columns', 'note', '--json'));
    assert.deepEqual([again.state, again.insertedCount, again.unchangedCount], ['completed', 0, 4]);
    const refused = await run('customers', 'load', 'customers.csv');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^rollcall: .+ \(problem \w+\)\n$/);
  });

  test('accounts load: preview, load, the same again', async () => {
    await writeFile(
      join(folder, 'accounts.csv'),
      'accountId,coreCustomerIds,productType\n1,C1,savings\n2,NOBODY,loan\n',
    );
    const preview = await succeed('accounts', 'load', 'accounts.csv', '--dry-run');
    assert.match(preview, /^Inserted +1$/m);
    assert.match(preview, /^Dry run: nothing was changed\.$/m);
    assert.match(await succeed('accounts', 'load', 'accounts.csv'), /^Invalid +1$/m);
    const again = JSON.parse(await succeed('accounts', 'load', 'accounts.csv', '--mode', 'replace', '--json'));
    assert.deepEqual([again.unchangedCount, again.removedCount, again.returnedCount], [1, 0, undefined]);
  });

  test('import: the ledger as an equation, the rejects from the own file, and back again once mended', async () => {
    const list = ['960000001', '960-00-0001', '', '70000002', 'abc', '961111111', '960000003'];
    await writeFile(join(folder, 'list.csv'), `${list.join('\r\n')}\r\n`);
    const said = await succeed('import', 'list.csv', '--type', 'taxIdNumber', '--name', 'Spring');
    assert.ok(
      said.startsWith(
        '7 lines = 0 header + 1 blank + 2 invalid + 1 duplicate + 1 unmatched + 0 ambiguous + 2 matched\n',
      ),
      said,
    );
    assert.match(said, /^leadingZerosLost +1 +4$/m);
    assert.match(said, /^Hint: with --repair restoreLeadingZeros, 3 lines would match instead of 2.$/m);
    assert.match(said, /^Customers +2$/m);
    assert.match(
      said,
      /rollcall import list.csv.rejects.csv --type taxIdNumber --header --column taxIdNumber --audience \w{20}$/m,
    );
    assert.equal(
      await fileText('list.csv.rejects.csv'),
      'recordNumber,outcome,reason,taxIdNumber\r\n4,invalid,leadingZerosLost,70000002\r\n' +
        '5,invalid,invalidFormat,abc\r\n6,unmatched,,961111111\r\n',
    );

    await writeFile(
      join(folder, 'mended.csv'),
      (await fileText('list.csv.rejects.csv')).replace(',70000002', ',070000002'),
    );
    const mended = ['--type', 'taxIdNumber', '--header', '--column', 'taxIdNumber', '--audience', 'spring'];
    const added = await succeed('import', 'mended.csv', ...mended, '--no-rejects');
    assert.match(
      added,
      /^4 lines = 1 header \+ 0 blank \+ 1 invalid \+ 0 duplicate \+ 1 unmatched \+ 0 ambiguous \+ 1 matched$/m,
    );
    assert.match(added, /^Customers +3\nAdded +1\nRemoved +0$/m);
    assert.ok(!existsSync(join(folder, 'mended.csv.rejects.csv')));
    const replaced = JSON.parse(
      await succeed(
        'import',
        'list.csv',
        '--type',
        'taxIdNumber',
        '--audience',
        'Spring',
        '--mode',
        'replace',
        '--json',
      ),
    );
    assert.equal(replaced.audience.customerCount, 2);
    assert.equal(replaced.rejects.lineCount, 3);
  });

  test('import: policies, repairs, columns and descriptions reach the server', async () => {
    await writeFile(join(folder, 'accounts.csv'), 'owner;account\n"a;\nb";0001\nc;0003\nd;0009\n');
    const options = ['--type', 'accountNumber', '--header', '--column', 'account', '--multiple-matches', 'exclude'];
    const said = await succeed('import', 'accounts.csv', ...options, '--name', 'Accounts', '--description', '*why*');
    assert.match(said, /^4 lines = 1 header .* \+ 1 unmatched \+ 1 ambiguous \+ 1 matched$/m);
    assert.equal(
      await fileText('accounts.csv.rejects.csv'),
      'recordNumber;outcome;reason;owner;account\r\n2;ambiguous;;"a;\nb";0001\r\n5;unmatched;;d;0009\r\n',
    );
    const repaired = JSON.parse(
      await succeed(
        'import',
        'list.csv',
        '--type',
        'taxIdNumber',
        '--name',
        'Repaired',
        '--repair',
        'restoreLeadingZeros',
        '--json',
      ),
    );
    assert.deepEqual(repaired.import.repairs, [{ repair: 'restoreLeadingZeros', count: 1 }]);
    assert.equal(repaired.audience.customerCount, 3);
  });

  test('import: a dry run makes no audience but tells all', async () => {
    const said = await succeed('import', 'list.csv', '--type', 'taxIdNumber', '--name', 'Perhaps', '--dry-run');
    assert.match(said, /^Audience +Perhaps \(dry run: nothing was made\)$/m);
    assert.match(said, /^Rejects +3 lines in list.csv.rejects.csv$/m);
    assert.doesNotMatch(await succeed('audiences', 'list'), /Perhaps/);
  });

  test('import: a refusal tells its ledger and ends with 1', async () => {
    await writeFile(join(folder, 'nobody.txt'), '961111111\nabc\n');
    const nobody = await run('import', 'nobody.txt', '--type', 'taxIdNumber', '--name', 'Nobody');
    assert.equal(nobody.code, 1);
    assert.match(nobody.stdout, /^2 lines = 0 header \+ 0 blank \+ 1 invalid \+ 0 duplicate \+ 1 unmatched/);
    assert.match(nobody.stderr, /^rollcall: No customer matched the list: .+ \(problem \w+\)\n$/);
    assert.match(await fileText('nobody.txt.rejects.csv'), /^2,invalid,invalidFormat,abc\r$/m);
    const taken = await run('import', 'list.csv', '--type', 'taxIdNumber', '--name', 'SPRING');
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /^rollcall: Another active audience has this name.*\(problem \w+\)\n$/);
  });

  test('import: a list over the limit of JSON is streamed and awaited', async () => {
    const filler = `${'961111111\n'.repeat(3_400_000)}960000004\n`;
    await writeFile(join(folder, 'large.txt'), filler);
    const { code, stdout, stderr } = await run(
      'import',
      'large.txt',
      '--type',
      'taxIdNumber',
      '--name',
      'Large',
      '--description',
      'd',
      '--no-rejects',
    );
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^3,400,001 lines = 0 header \+ 0 blank \+ 0 invalid \+ 3,399,999 duplicate \+ 1 unmatched \+ 0 ambiguous \+ 1 matched$/m,
    );
    assert.match(stderr, /^Sending 25% {2}\d/m);
  });

  test('audiences: a list for people and one for programs, and a whole export or none', async () => {
    const table = await succeed('audiences', 'list', '--name', 'spri');
    assert.match(
      table,
      /^name +customers +kind +made +id\n─.*\nSpring +2 +imported +\d{4}-\d\d-\d\d \d\d:\d\d +\w{20}\n$/,
    );
    const { items } = JSON.parse(await succeed('audiences', 'list', '--json'));
    assert.ok(items.length >= 4);
    const said = await succeed('audiences', 'export', 'Spring', '--output', 'spring.csv');
    assert.equal(said, '2 customers of "Spring" in spring.csv\n');
    const lines = (await fileText('spring.csv')).split('\r\n');
    assert.equal(
      lines[0],
      'id,coreCustomerId,customerType,givenName,familyName,businessName,emailAddress,phoneNumber,regionCode,postalCode,birthYear,customerSince',
    );
    assert.match(lines[1] ?? '', /^\w+,C1,retail,Ann,"Lee, Jr",,a\*\*\*@example.com,\*+-\*+-0101,,,,$/);
    const rows = (await succeed('audiences', 'export', 'Spring', '--format', 'ndjson')).trim().split('\n');
    assert.deepEqual(
      rows.map((row) => JSON.parse(row).coreCustomerId),
      ['C1', 'C3'],
    );
    const back = await succeed('import', 'spring.csv', '--type', 'customerId', '--name', 'Back', '--header');
    assert.match(back, /^3 lines = 1 header .* \+ 2 matched$/m);
    const content = btoa('C3');
    const order = { name: 'No mail', channel: 'mail', identifierType: 'coreCustomerId', content };
    await bank.send({ method: 'POST', url: '/service/suppressions', json: order });
    const heldBack = '1 customer of "Spring" in spring.csv (1 member held back by suppressions)\n';
    assert.equal(await succeed('audiences', 'export', 'Spring', '--output', 'spring.csv'), heldBack);
    const sms = await succeed('audiences', 'export', 'Spring', '--output', 'spring.csv', '--channel', 'sms');
    assert.equal(sms, '2 customers of "Spring" in spring.csv\n');
    const absent = await run('audiences', 'export', 'Nothing', '--output', 'nothing.csv');
    assert.deepEqual([absent.code, existsSync(join(folder, 'nothing.csv'))], [1, false]);
  });

  test('a token without the scope is told which one', async () => {
    const token = await bank.createToken({ scopes: ['bankingAdmin/read'] });
    const { code, stderr } = await run('import', 'list.csv', '--type', 'taxIdNumber', '--name', 'x', '--token', token);
    assert.equal(code, 1);
    assert.match(stderr, /^rollcall: .*bankingAdmin\/write.*\n$/);
  });
});
