/** What a census takes, fetched on its first use, so that pages without one stay small. */
export { takeCensus } from './census-all.js';
export { takeStableCensus } from './census-stable.js';
