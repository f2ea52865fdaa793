"""What a model is judged by, and what it says: tasks, the gate, speed and memory."""
