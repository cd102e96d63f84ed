/** `npm run sample -- 03`: starts a numbered sample; without a number it lists them. */
const SAMPLES: Readonly<Record<string, string>> = {
  '01-express': 'an Express app: guard, router, sticky users',
  '02-fastify': 'a Fastify app that streams, with the gateway beside it',
  '03-async-options': 'options that are read when the app starts',
  '04-redis-replicas': 'two replicas on one Redis',
  '05-ai-sdk': 'the AI SDK with a route as its model',
  '06-custom-evaluator': 'a rollout that is reverted by a score of your own',
  '07-any-vendor': 'GPT as blue, Claude as green, and an app that speaks to OpenAI',
};

const [wanted] = process.argv.slice(2);
const name = wanted && Object.keys(SAMPLES).find((known) => known === wanted || known.startsWith(`${wanted}-`));
if (name) {
  await import(`./${name}.js`);
} else {
  if (wanted) console.error(`There is no sample "${wanted}".\n`);
  console.log('Samples, each started by its number, e.g. npm run sample -- 01\n');
  for (const [known, about] of Object.entries(SAMPLES)) console.log(`  ${known.padEnd(20)} ${about}`);
  process.exitCode = wanted ? 2 : 0;
}
