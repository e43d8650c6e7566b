import type { Desk } from '../pages/desk.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '有没有优惠券'

interface Key {
  readonly isComposing: boolean
  readonly keyCode: number
}

/** What a browser sends for the Enter that ends a composition; Playwright has no input method of its own. */
async function pressEnter(desk: Desk, { isComposing, keyCode }: Key): Promise<void> {
  const init = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, isComposing, keyCode, which: keyCode }
  await desk.composer.dispatchEvent('keydown', init)
  await desk.composer.dispatchEvent('keyup', init)
}

test('an Enter that ends a composition never sends', { tag: '@laptop' }, async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, QUESTION)

  const devtools = await desk.page.context().newCDPSession(desk.page)
  await desk.composer.focus()
  await devtools.send('Input.imeSetComposition', { text: 'you', selectionStart: 3, selectionEnd: 3 })
  await pressEnter(desk, { isComposing: true, keyCode: 13 })
  await pressEnter(desk, { isComposing: true, keyCode: 229 })
  await devtools.send('Input.insertText', { text: '有的，亲' })
  // Safari ends the composition before it tells of the key.
  await pressEnter(desk, { isComposing: false, keyCode: 229 })
  await expect(desk.composer).toHaveValue('有的，亲')

  // Whatever those keys sent would stand before this one.
  await desk.composer.press('Enter')
  await expect(shopper.answers).toHaveText([/有的，亲/])
  await expect(desk.delivered('sent')).toHaveCount(1)
})

test('Shift and Enter begin a line', { tag: '@laptop' }, async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.composer.pressSequentially('一')
  await desk.composer.press('Shift+Enter')
  await desk.composer.pressSequentially('二')
  await expect(desk.composer).toHaveValue('一\n二')
})
