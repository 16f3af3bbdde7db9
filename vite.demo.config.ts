import { globSync } from 'node:fs';
import { defineConfig } from 'vite';
