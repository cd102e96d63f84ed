export { FakeClock } from '../../lib/testing/fake-clock.js';
