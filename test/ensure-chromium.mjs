/**
 * Before the tests: Chromium, its SwiftShader and a Vulkan loader. Debian's chromium brings the browser and the software
 * driver that Dawn uses too, but does not depend on libvulkan1. Root with apt-get installs what is missing; others are
 * told how. MEMSCAPE_CHROMIUM names another browser.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PACKAGES = ['chromium', 'libvulkan1'];
const MINUTES = 10;

const browser = process.env.MEMSCAPE_CHROMIUM ?? '/usr/bin/chromium';
const driver = process.env.VK_ICD_FILENAMES ?? '/usr/lib/chromium/vk_swiftshader_icd.json';

/** ldconfig is in /sbin, which the PATH of a user may lack. */
const libraries = () =>
  ['ldconfig', '/sbin/ldconfig']
    .map((command) => spawnSync(command, ['-p'], { encoding: 'utf8' }).stdout ?? '')
    .join('');

const missing = () =>
  [
    existsSync(browser) ? [] : [browser],
    driver.split(':').every((file) => existsSync(file)) ? [] : [driver],
    libraries().includes('libvulkan.so.1') ? [] : ['libvulkan.so.1'],
  ].flat();

function apt(...options) {
  execFileSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', ...options], {
    stdio: 'inherit',
    timeout: MINUTES * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

const absent = missing();
if (absent.length > 0) {
  console.log(`The tests need ${absent.join(', ')}: installing ${PACKAGES.join(' and ')}.`);
  try {
    if (process.getuid?.() !== 0) throw new Error('only root may install packages');
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...PACKAGES);
    const still = missing();
    if (still.length > 0) throw new Error(`still missing: ${still.join(', ')}`);
  } catch (error) {
    console.error(
      [
        `The tests need ${absent.join(', ')}, and it could not be installed: ${error.message}.`,
        `On Debian: sudo apt-get install --no-install-recommends ${PACKAGES.join(' ')}`,
        'Elsewhere: name a Chromium of version 156 or later in MEMSCAPE_CHROMIUM and a Vulkan driver in VK_ICD_FILENAMES.',
      ].join('\n'),
    );
    process.exit(1);
  }
}
