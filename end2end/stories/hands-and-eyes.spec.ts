import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

import type { Page } from '@playwright/test'

import type { Desk } from '../pages/desk.ts'
import type { Shopper } from '../pages/shopper.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '能开发票吗'
const TOUCH_PX = 44
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

type Look = (page: Page, screen: string) => Promise<void>

/** Walks through the main screens of an agent, a supervisor and a shopper. */
async function everyScreen(desk: Desk, shopper: Shopper, look: Look): Promise<void> {
  await desk.open()
  await expect(desk.signInButton).toBeVisible()
  await look(desk.page, 'sign-in')

  await desk.signIn(supervisor)
  await shopper.ask(QUESTION)
  await look(shopper.page, 'shopper')
  await expect(desk.row(QUESTION)).toBeVisible()
  await look(desk.page, 'inbox')
  await desk.openConversation(QUESTION)
  await desk.reply('可以，电子发票。')
  await expect(desk.delivered('sent')).toHaveCount(1)
  await look(desk.page, 'conversation')

  for (const screen of ['answers', 'figures', 'knowledge', 'import', 'me']) {
    await desk.open(`/desk/${screen}`)
    await expect(desk.page.getByRole('main')).toBeVisible()
    if (screen === 'answers') await desk.search('发货')
    await look(desk.page, screen)
  }
}

async function expectNoSideways(page: Page, screen: string): Promise<void> {
  const { content, window } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }))
  expect.soft(content, `${screen} scrolls sideways`).toBeLessThanOrEqual(window)
}

async function expectThumbs(page: Page, screen: string): Promise<void> {
  const small = await page.evaluate((least) => {
    const targets = document.querySelectorAll<HTMLElement>('a[href], button, input, textarea, select, [role=tab]')
    return [...targets]
      .filter((target) => target.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((target) => ({ target, box: (target.closest('label') ?? target).getBoundingClientRect() }))
      .filter(({ target, box }) => target.tabIndex >= 0 && box.width > 0 && box.right > 0 && box.bottom > 0)
      .filter(({ box }) => box.height < least || box.width < least)
      .map(({ target, box }) => `${target.outerHTML.slice(0, 120)} ${box.width}×${box.height}`)
  }, TOUCH_PX)
  expect.soft(small, `${screen} has targets too small for a thumb`).toEqual([])
}

test('no screen of the phone scrolls sideways or asks for a needle', { tag: '@phone' }, async ({ desk, shopper }) => {
  await everyScreen(desk, shopper, async (page, screen) => {
    await expectNoSideways(page, screen)
    await expectThumbs(page, screen)
  })
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

async function violations(page: Page, axe: string): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: unknown }> } }
    return (await axe.run({ runOnly: rules })).violations as Violation[]
  }, RULES)
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test(`every screen can be read and used by everybody, ${colorScheme}`, async ({ desk, shopper }) => {
      const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
      await everyScreen(desk, shopper, async (page, screen) => {
        expect.soft(await violations(page, axe), screen).toEqual([])
      })
    })
  })
}

test('the desk can be installed', { tag: '@phone' }, async ({ desk }) => {
  await desk.start(agent)
  await desk.readyForOffline()
  const devtools = await desk.page.context().newCDPSession(desk.page)
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  // Every story's browser is a private window; that alone keeps it from being installed here.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito'])
})
