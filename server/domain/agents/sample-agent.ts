/**
 * The agent that the first start creates, so that a fresh install answers its first call: a made-up clinic. Its facts
 * are worded so that the starter recogniser has a chance to hear questions about them. English only.
 */
export const sampleAgent = {
  name: 'Sunrise Clinic',
  description: 'Sample agent: the front desk of a made-up clinic. It answers questions and takes messages.',
  timeZone: 'UTC',
  startingMessage: 'Hello, this is Sunrise Clinic. I am an automated assistant. How can I help you?',
  systemPrompt: [
    'You are the receptionist of Sunrise Clinic.',
    'Be friendly and brief.',
    'Never give medical advice.',
    'If you cannot answer a question, offer to take a message.',
  ].join(' '),
  knowledge: [
    'We are open Monday to Friday from nine to five.',
    'On Saturday we are open from ten to two, and on Sunday we are closed.',
    'We are closed on public holidays.',
    'Our address is twenty four Maple Street in Springfield.',
    'There is a free car park behind the building.',
    'The train station is five minutes away, and the bus stops at our front door.',
    'A check up costs fifty dollars and takes half an hour.',
    'A blood test costs thirty dollars, and the result is ready on the next day.',
    'A flu shot costs twenty dollars, and you can come in without an appointment for it.',
    'An eye exam costs sixty dollars and takes forty minutes.',
    'An x-ray costs ninety dollars.',
    'A physiotherapy session costs seventy dollars and takes one hour.',
    'New patients are welcome, and the first consultation is free.',
    'You can pay by cash, credit card or bank transfer.',
    'We accept every health insurance and send the claim for you.',
    'You can cancel or reschedule your appointment free of charge until the day before.',
    'In an emergency you can see a doctor on the same day.',
    'Our doctors are Doctor Emma Wilson and Doctor David King.',
    'Our email address is office at sunrise clinic dot example.',
    'Our phone number is five five five, zero one four two.',
    'A prescription is ready after two days.',
    'We send every invoice and receipt by email.',
    'There is free coffee and free internet in the waiting room.',
  ].join('\n'),
} as const;
