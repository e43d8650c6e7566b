import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const ROUNDS = 8

test('what was typed in the very moment the page goes is there again', async ({ desk, shopper }) => {
  await desk.start(agent)
  await shopper.ask('这款还有货吗')
  await desk.openConversation('这款还有货吗')
  for (let round = 0; round < ROUNDS; round += 1) {
    const words = `第${round}次写到一半`
    await desk.composer.evaluate((field: HTMLTextAreaElement, words) => {
      // As a quick hand types: one change after the other, and no time for any of them to be written.
      for (let length = 1; length <= words.length; length += 1) {
        field.value = words.slice(0, length)
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      }
      Object.assign(window, { isLeft: true })
      location.reload()
    }, words)
    await desk.page.waitForFunction(() => !('isLeft' in window))
    await expect(desk.composer).toHaveValue(words)
  }
})
