/**
 * All that is public in one file, for a bare `<script type="module">`: dist/memscape.min.js.
 * @packageDocumentation
 */
export * from './analysis/index.js';
export * from './index.js';
